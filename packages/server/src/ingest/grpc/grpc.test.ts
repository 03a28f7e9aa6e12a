import { connect } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import { type RunningReceiver, runReceiver } from '../listen/open-receiver.ts'
import { otlp } from '../receivers/otlp.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { encodeOtlpLogs } from '../testing/encoders.ts'
import { framed, timeoutMs } from './message.ts'
import { grpcTrailers } from './status.ts'

const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
const now = () => BigInt(Date.now()) * 1_000_000n
const message = (lines: readonly string[], ns = now()) =>
  encodeOtlpLogs({ resource: [['service.name', 'x']], records: lines.map((line) => ({ ns, line: Buffer.from(line) })) })

let running: RunningReceiver | undefined
afterEach(async () => {
  await running?.close()
  running = undefined
})

async function start(given: Parameters<typeof openReceiver>[1] = {}, grpc: object = {}) {
  const bench = openReceiver(otlp, { ...given, options: { grpc: { port: 0, ...grpc } } })
  running = await runReceiver('otlp', bench.opened, bench.context, 500)
  return { bench, port: running.listeners[0]!.port }
}

interface Answer {
  readonly status: number
  readonly grpcStatus: number
  readonly message: string
  readonly details: string
  readonly body: Buffer
}

/** One call as a client makes it; `write` sends what it likes and ends or not. */
function call(port: number, body: Buffer, headers: Record<string, string> = {}, end = true): Promise<Answer> {
  return new Promise((done, failed) => {
    const session = connect(`http://127.0.0.1:${port}`)
    session.on('error', failed)
    const stream = session.request({
      ':method': 'POST',
      ':path': EXPORT,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    })
    const found: Record<string, string> = {}
    const chunks: Buffer[] = []
    const take = (given: object) => Object.assign(found, given)
    stream.on('response', take)
    stream.on('trailers', take)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', () => {})
    stream.on('close', () => {
      session.destroy()
      done({
        status: Number(found[':status']),
        grpcStatus: Number(found['grpc-status']),
        message: decodeURIComponent(found['grpc-message'] ?? ''),
        details: Buffer.from(found['grpc-status-details-bin'] ?? '', 'base64').toString('latin1'),
        body: Buffer.concat(chunks),
      })
    })
    if (end) stream.end(body)
    else stream.write(body)
  })
}

describe('gRPC', () => {
  it('stores records and answers an empty message', async () => {
    const { bench, port } = await start()
    const answer = await call(port, framed(message(['one', 'two'])))
    expect(answer).toMatchObject({ status: 200, grpcStatus: 0, body: framed(Buffer.alloc(0)) })
    expect(bench.records().map(({ line, labels }) => [line, labels])).toEqual([
      ['one', { service_name: 'x' }],
      ['two', { service_name: 'x' }],
    ])
    expect(await call(port, framed(Buffer.alloc(0)))).toMatchObject({ grpcStatus: 0 })
    expect([bench.imbalance(), bench.faults]).toEqual([0, []])
  })

  it('takes compressed messages, refuses bombs and unknown encodings', async () => {
    const { bench, port } = await start({ limits: { maxDecompressedBytes: 1 << 20 } })
    const compressed = (bytes: Buffer) => {
      const frame = framed(gzipSync(bytes))
      frame[0] = 1
      return frame
    }
    const gzip = { 'grpc-encoding': 'gzip' }
    expect(await call(port, compressed(message(['packed'])), gzip)).toMatchObject({ grpcStatus: 0 })
    expect(bench.records().map(({ line }) => line)).toEqual(['packed'])
    const bomb = await call(port, compressed(Buffer.alloc(100 << 20)), gzip)
    expect(bomb).toMatchObject({ grpcStatus: 8, message: expect.stringContaining('maxDecompressedBytes'), details: '' })
    const unknown = await call(port, compressed(message(['x'])), { 'grpc-encoding': 'br' })
    expect(unknown).toMatchObject({ grpcStatus: 12, message: expect.stringContaining('"br" is not supported') })
    expect(bench.counters.undecodable.total).toBe(2)
    expect(bench.rejections).toHaveLength(2)
  })

  it('tells a partial success, and nothing but refusals as an error', async () => {
    const { bench, port } = await start({ limits: { maxLineSize: 10 } })
    const partial = await call(port, framed(message(['short', 'x'.repeat(11)])))
    expect(partial.grpcStatus).toBe(0)
    expect(partial.body.toString()).toContain('max entry size')
    expect(await call(port, framed(message(['x'.repeat(11)])))).toMatchObject({ grpcStatus: 3 })
    expect(bench.imbalance()).toBe(0)
  })

  it('says when to send again', async () => {
    const full = new GirokError('overloaded', 'the write queue is full', { retryAfterSeconds: 3 })
    const { bench, port } = await start({ write: () => Promise.reject(full) })
    const answer = await call(port, framed(message(['x'])))
    expect(answer).toMatchObject({ grpcStatus: 8, message: 'the write queue is full' })
    expect(answer.details).toContain('google.rpc.RetryInfo')
    // RetryInfo.retry_delay = Duration{seconds: 3}
    expect(answer.details).toContain('\u0012\u0004\u000a\u0002\u0008\u0003')
    expect(bench.counters.rejected.value({ receiver: 'otlp', tenant: 't', reason: 'overloaded' })).toBe(1)
    expect(bench.imbalance()).toBe(0)
    expect(grpcTrailers(new GirokError('disk_full', 'no space'))['grpc-status']).toBe('14')
    expect(grpcTrailers(new GirokError('forbidden', 'ümlaut %'))).toEqual({
      'grpc-status': '7',
      'grpc-message': '%C3%BCmlaut %25',
    })
  })

  it('asks for the token', async () => {
    const { bench, port } = await start({ token: 'girok_good' })
    expect(await call(port, framed(message(['x'])))).toMatchObject({ grpcStatus: 16 })
    const authorization = 'Bearer girok_good'
    expect(await call(port, framed(message(['x'])), { authorization })).toMatchObject({ grpcStatus: 0 })
    expect(bench.records()).toHaveLength(1)
  })

  it('refuses other methods, other content, broken frames', async () => {
    const { port } = await start()
    expect(await call(port, framed(message(['x'])), { ':path': '/other/Method' })).toMatchObject({ grpcStatus: 12 })
    expect(await call(port, Buffer.alloc(0), { 'content-type': 'application/json' })).toMatchObject({ status: 415 })
    const whole = framed(message(['x']))
    const wrongLength = Buffer.from(whole)
    wrongLength.writeUInt32BE(0xffffffff, 1)
    for (const body of [Buffer.alloc(0), whole.subarray(0, 3), whole.subarray(0, 20), wrongLength]) {
      expect(await call(port, body)).toMatchObject({ grpcStatus: 3 })
    }
    expect(await call(port, framed(Buffer.from('not protobuf')))).toMatchObject({ grpcStatus: 3 })
  })

  it('ends calls that are too large, stall, or pass their deadline', async () => {
    const { port } = await start({}, { maxFrameBytes: '1KiB', stallTimeout: '50ms' })
    expect(await call(port, framed(Buffer.alloc(5000)))).toMatchObject({ grpcStatus: 8 })
    const stalled = await call(port, framed(message(['x'])).subarray(0, 12), {}, false)
    expect(stalled).toMatchObject({ grpcStatus: 3, message: expect.stringContaining('was not finished') })
    const late = await call(port, Buffer.alloc(3), { 'grpc-timeout': '10m' }, false)
    expect(late.grpcStatus).toBe(4)
    expect([timeoutMs('5S'), timeoutMs('250m'), timeoutMs('1H'), timeoutMs('x')]).toEqual([
      5000,
      250,
      3_600_000,
      undefined,
    ])
  })

  it('answers calls that are under way when it closes, and takes no others', async () => {
    let open = (): void => {}
    const gate = new Promise<void>((done) => {
      open = done
    })
    const { bench, port } = await start({
      write: async () => {
        await gate
        return { stored: true }
      },
    })
    const answer = call(port, framed(message(['x'])))
    await expect.poll(() => bench.counters.received.total).toBe(1)
    const closing = running?.close()
    running = undefined
    open()
    expect(await answer).toMatchObject({ grpcStatus: 0 })
    await closing
    expect(bench.imbalance()).toBe(0)
  })
})
