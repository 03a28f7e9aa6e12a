/**
 * One server under slow, idle and hostile clients of all its receivers at once, while another client's acknowledgements
 * and the memory are watched. GIROK_PRESSURE_SECONDS=600 is the long form, which also holds the acknowledgements to +10 %;
 * the short one, on a machine that does other things, only looks for them to stay usable.
 */
import { createSocket } from 'node:dgram'
import { setMaxListeners } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import type { SourcesResponse } from '@girok/server/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { QUIET, ROOT, startServer, type TestServer, UNLIMITED } from './server.ts'
import { expectConserved } from './sources.ts'

const SECONDS = Number(process.env.GIROK_PRESSURE_SECONDS ?? 12)
const LONG = SECONDS >= 300
const SLOW_CLIENTS = 64
const IDLE_CLIENTS = LONG ? 1000 : 200
const BOMBERS = 8
const MAX_RSS = 1.2e9
const DATAGRAMS_PER_SECOND = 5_000

interface Port {
  readonly receiver: string
  readonly kind: string
  readonly port: number
}

let server: TestServer
let ports: Port[]

beforeAll(async () => {
  const built = join(ROOT, 'packages/server/dist/ingest')
  const { receivers } = (await import(`${built}/receivers/index.js`)) as {
    receivers: { name: string; options: unknown }[]
  }
  const { usualPorts } = (await import(`${built}/listen/options.js`)) as {
    usualPorts(options: unknown): Record<string, number>
  }
  const open = receivers.flatMap(({ name, options }) =>
    // TLS wants a certificate and is the same behind it.
    Object.keys(usualPorts(options))
      .filter((listener) => listener !== 'tls')
      .flatMap((listener) => ['--set', `receivers.${name}.${listener}.port=0`]),
  )
  server = await startServer({ args: [...QUIET, ...UNLIMITED, ...open] })
  const { sources } = (await (await server.fetch('/girok/v1/sources')).json()) as SourcesResponse
  ports = sources.flatMap(({ name, listeners }) =>
    listeners.flatMap(({ address }) => {
      const [, kind, port] = /^(\w+):.*:(\d+)$/.exec(address ?? '') ?? []
      return kind === undefined ? [] : [{ receiver: name, kind, port: Number(port) }]
    }),
  )
})
afterAll(async () => {
  await server?.dispose()
})

const residentBytes = () =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024

/** Pushes a record every 20 ms and gives the milliseconds until each acknowledgement, sorted. */
async function acknowledgements(seconds: number): Promise<number[]> {
  const took: number[] = []
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(20)) {
    const started = performance.now()
    const response = await server.fetch('/ingest?label=app=watched', {
      method: 'POST',
      body: '{"message":"still there?"}',
    })
    expect(response.status).toBe(200)
    await response.text()
    took.push(performance.now() - started)
  }
  return took.sort((a, b) => a - b)
}

const p99 = (sorted: readonly number[]) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0

/** Opens a connection that is left to itself: `speak` says what it sends, and when it is closed another takes its place. */
function keepOpen(port: number, stopping: AbortSignal, speak: (socket: Socket) => void): void {
  if (stopping.aborted) return
  const socket = connect(port, '127.0.0.1')
  let timer: NodeJS.Timeout | undefined
  socket.on('connect', () => speak(socket))
  socket.on('error', () => {})
  socket.resume()
  const stop = () => socket.destroy()
  stopping.addEventListener('abort', stop, { once: true })
  socket.on('close', () => {
    stopping.removeEventListener('abort', stop)
    clearTimeout(timer)
    timer = setTimeout(() => keepOpen(port, stopping, speak), 500)
    timer.unref()
  })
}

/** A byte every 100 ms, never a whole message. */
function dribble(socket: Socket, first: string, byte: string): void {
  socket.write(first)
  const timer = setInterval(() => socket.write(byte), 100)
  socket.once('close', () => clearInterval(timer))
}

const HTTP_HEAD =
  'POST /v1/logs HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{'

function bombs(): { path: string; headers: Record<string, string>; body: Buffer }[] {
  const zeros = Buffer.alloc(200 << 20)
  // A block of 128 KiB of zeros for every four bytes: 12 GiB in all.
  const zstd = Buffer.concat([
    Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x50),
    Buffer.alloc(400_000, Buffer.of(2, 0, 16, 0)),
    Buffer.of(1, 0, 0),
  ])
  const packed: [string, Buffer][] = [
    ['gzip', gzipSync(zeros)],
    ['deflate', deflateSync(zeros)],
    ['deflate', deflateRawSync(zeros)],
    ['zstd', zstd],
  ]
  const json = { 'content-type': 'application/json' }
  return [
    ...['/v1/logs', '/loki/api/v1/push', '/ingest'].flatMap((path) =>
      packed.map(([encoding, body]) => ({ path, headers: { ...json, 'content-encoding': encoding }, body })),
    ),
    // Snappy that claims 4 GiB, and 100 MiB.
    ...[Buffer.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0), Buffer.of(0x80, 0x80, 0x80, 0x32, 0)].map((body) => ({
      path: '/loki/api/v1/push',
      headers: { 'content-type': 'application/x-protobuf' },
      body,
    })),
  ]
}

async function throwBombs(all: ReturnType<typeof bombs>, first: number, stopping: AbortSignal): Promise<void> {
  for (let i = first; !stopping.aborted; i++) {
    const { path, headers, body } = all[i % all.length]!
    const response = await server.fetch(path, { method: 'POST', headers, body: new Uint8Array(body) })
    expect([400, 413], `${path} ${JSON.stringify(headers)}`).toContain(response.status)
    await response.text()
    await sleep(1000)
  }
}

async function throwGrpcBombs(port: number, stopping: AbortSignal): Promise<void> {
  const packed = gzipSync(Buffer.alloc(200 << 20))
  const frame = Buffer.alloc(5 + packed.length)
  frame[0] = 1
  frame.writeUInt32BE(packed.length, 1)
  packed.copy(frame, 5)
  while (!stopping.aborted) {
    const session = connectHttp2(`http://127.0.0.1:${port}`)
    session.on('error', () => {})
    const status = await new Promise<string>((done) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
        'content-type': 'application/grpc',
        'grpc-encoding': 'gzip',
      })
      stream.on('response', (headers) => done(String(headers['grpc-status'])))
      stream.on('error', () => done('error'))
      stream.end(frame)
    })
    session.destroy()
    expect(status).toBe('8')
    await sleep(500)
  }
}

async function flood(port: number, stopping: AbortSignal): Promise<void> {
  const socket = createSocket('udp4')
  const datagram = Buffer.from('<34>1 2026-01-01T00:00:00Z host app - - - flood flood flood')
  while (!stopping.aborted) {
    for (let i = 0; i < DATAGRAMS_PER_SECOND / 50; i++) socket.send(datagram, port, '127.0.0.1', () => {})
    await sleep(20)
  }
  socket.close()
}

test(
  `${SLOW_CLIENTS} slow clients, ${IDLE_CLIENTS} idle ones, floods and bombs for ${SECONDS} s`,
  async () => {
    const http = Number(new URL(server.url).port)
    const quietSeconds = Math.max(4, Math.min(60, SECONDS / 3))
    // The first pushes compile code and make tables.
    await acknowledgements(2)
    const quiet = p99(await acknowledgements(quietSeconds))

    const stopping = new AbortController()
    const { signal } = stopping
    setMaxListeners(0, signal)
    const streams = ports.filter(({ kind }) => kind !== 'udp')
    for (let i = 0; i < SLOW_CLIENTS; i++) {
      const target = streams[i % (streams.length + 1)]
      if (target === undefined) keepOpen(http, signal, (socket) => dribble(socket, HTTP_HEAD, ' '))
      // Bytes that begin a frame of many protocols and end none.
      else keepOpen(target.port, signal, (socket) => dribble(socket, '9', 'x'))
    }
    for (let i = 0; i < IDLE_CLIENTS; i++) {
      keepOpen(streams[i % (streams.length + 1)]?.port ?? http, signal, () => {})
    }
    const all = bombs()
    const attacks = [
      ...Array.from({ length: BOMBERS }, (_, i) => throwBombs(all, i * 3, signal)),
      ...ports.filter(({ kind }) => kind === 'udp').map(({ port }) => flood(port, signal)),
      ...ports.filter(({ kind }) => kind === 'grpc').map(({ port }) => throwGrpcBombs(port, signal)),
    ]
    let peak = 0
    const watch = setInterval(() => {
      peak = Math.max(peak, residentBytes())
    }, 100)
    const pressed = p99(await acknowledgements(SECONDS))
    clearInterval(watch)
    stopping.abort()
    await Promise.all(attacks)
    console.log(
      `p99 of acknowledgements: quiet ${quiet.toFixed(1)} ms, under pressure ${pressed.toFixed(1)} ms; RSS at most ${(peak / 1e6).toFixed(0)} MB; ports ${ports.map(({ receiver, kind }) => `${receiver}/${kind}`).join(' ')}`,
    )
    expect(peak).toBeLessThan(MAX_RSS)
    expect(pressed).toBeLessThan(LONG ? quiet * 1.1 : quiet * 5 + 3000)

    const { sources } = (await (await server.fetch('/girok/v1/sources')).json()) as SourcesResponse
    for (const { name, enabled } of sources) if (enabled) await expectConserved(server, name)
    expect((await server.fetch('/readyz')).status).toBe(200)
    expect(await server.stop()).toBe(0)
  },
  (SECONDS + 120) * 1000,
)
