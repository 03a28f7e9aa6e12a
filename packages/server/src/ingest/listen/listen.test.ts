import { createSocket } from 'node:dgram'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { WriteBatch } from '../../model/batch.ts'
import { GirokError } from '../../model/errors.ts'
import { fluent } from '../receivers/fluent.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { NO_LIMITS } from '../testing/limits.ts'
import { lineReceiver } from '../testing/line-receiver.ts'
import { pack, pairs } from '../testing/msgpack.ts'
import { type RunningReceiver, runReceiver } from './open-receiver.ts'

let running: RunningReceiver | undefined
const clients: Socket[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await running?.close()
  running = undefined
})

async function start(options: object, given: { write?: WriteBatch } = {}) {
  const bench = openReceiver(lineReceiver, { options, limits: NO_LIMITS, ...given })
  running = await runReceiver('lines', bench.opened, bench.context, 500)
  const port = running.listeners[0]!.port
  return { bench, port, listener: running.listeners[0]! }
}

async function client(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  clients.push(socket)
  socket.on('error', () => {})
  await new Promise<void>((done) => socket.once('connect', () => done()))
  return socket
}

const closed = (socket: Socket) => new Promise<void>((done) => socket.once('close', () => done()).resume())

async function until(condition: () => boolean, ms = 15_000): Promise<void> {
  for (const end = performance.now() + ms; !condition(); await sleep(5)) {
    if (performance.now() > end) throw new Error('it did not come to pass')
  }
}

describe('a stream port', () => {
  it('stores lines of many connections, cut anywhere, the last without its end', async () => {
    const { bench, port, listener } = await start({ tcp: { port: 0 } })
    expect(listener.address).toBe(`tcp://127.0.0.1:${port}`)
    await Promise.all(
      Array.from({ length: 8 }, async (_, c) => {
        const socket = await client(port)
        const text = Buffer.from(Array.from({ length: 200 }, (_, i) => `client ${c} line ${i} 로그`).join('\n'))
        for (let at = 0; at < text.length; at += 777) {
          socket.write(text.subarray(at, at + 777))
          if (at % 5 === 0) await sleep(1)
        }
        socket.end()
        await closed(socket)
      }),
    )
    await until(() => bench.records().length === 1600)
    const lines = bench.records().map(({ line }) => line)
    for (let c = 0; c < 8; c++) {
      const own = lines.filter((line) => line.startsWith(`client ${c} `))
      expect(own).toEqual(Array.from({ length: 200 }, (_, i) => `client ${c} line ${i} 로그`))
    }
    await until(() => listener.connections() === 0)
    expect([bench.imbalance(), bench.faults]).toEqual([0, []])
  })

  it('stops reading while the store is slow, and loses nothing', async () => {
    let open = (): void => {}
    const gate = new Promise<void>((done) => {
      open = done
    })
    const { bench, port } = await start(
      { tcp: { port: 0 } },
      {
        write: async (batch) => {
          await gate
          stored += batch.count
          return { stored: true }
        },
      },
    )
    let stored = 0
    const socket = await client(port)
    const line = Buffer.from(`${'x'.repeat(1023)}\n`)
    let sent = 0
    const total = 16_384
    const flood = (async () => {
      for (; sent < total; sent += 64) {
        const chunk = Buffer.alloc(64 * line.length, line)
        if (!socket.write(chunk)) await new Promise((done) => socket.once('drain', done))
      }
      socket.end()
    })()
    await sleep(300)
    // 16 MiB do not fit between here and the closed store.
    expect(sent).toBeLessThan(total)
    open()
    await flood
    await until(() => stored === total)
    expect([bench.imbalance(), bench.faults]).toEqual([0, []])
  })

  it('waits out what passes, and counts records once', async () => {
    let failures = 2
    const { bench, port } = await start(
      { tcp: { port: 0 } },
      {
        write: async () => {
          if (failures-- > 0) throw new GirokError('overloaded', 'full', { retryAfterSeconds: 0.01 })
          return { stored: true }
        },
      },
    )
    const socket = await client(port)
    socket.end('one\ntwo\n')
    await until(() => bench.counters.stored.total === 2)
    expect([bench.counters.received.total, bench.counters.rejected.total, bench.imbalance()]).toEqual([2, 0, 0])
  })

  it('leaves out lines that are too long and keeps their neighbours', async () => {
    const { bench, port } = await start({ tcp: { port: 0, maxFrameBytes: '1KiB' } })
    const socket = await client(port)
    socket.write(`before\n${'x'.repeat(300_000)}`)
    await sleep(20)
    socket.end(`${'x'.repeat(300_000)}\nafter\n${'y'.repeat(2000)}`)
    await until(() => bench.records().length === 2 && bench.counters.rejected.total === 2)
    expect(bench.records().map(({ line }) => line)).toEqual(['before', 'after'])
    expect(bench.imbalance()).toBe(0)
  })

  it('closes idle connections, and stalled ones sooner with a reason', async () => {
    const { bench, port } = await start({ tcp: { port: 0, idleTimeout: '3s', stallTimeout: '50ms' } })
    const stalled = await client(port)
    const idle = await client(port)
    stalled.write('half a li')
    const started = performance.now()
    await closed(stalled)
    expect(performance.now() - started).toBeLessThan(2500)
    expect(bench.rejections).toMatchObject([{ status: 400, reason: expect.stringContaining('was not finished') }])
    expect(bench.counters.undecodable.total).toBe(1)
    await closed(idle)
    expect(bench.rejections).toHaveLength(1)
  })

  it('turns away connections beyond the limit and takes new ones when others have gone', async () => {
    const { bench, port, listener } = await start({ tcp: { port: 0, maxConnections: 4 } })
    const first = await Promise.all(Array.from({ length: 4 }, () => client(port)))
    await until(() => listener.connections() === 4)
    const fifth = await client(port)
    await closed(fifth)
    expect(listener.connections()).toBe(4)
    expect(bench.rejections).toMatchObject([{ status: 429, reason: expect.stringContaining('maxConnections') }])
    first[0]!.destroy()
    await until(() => listener.connections() === 3)
    const sixth = await client(port)
    sixth.end('hello\n')
    await until(() => bench.records().length === 1)
  })

  it('closes whoever holds most when unfinished messages hold too much together', async () => {
    const { bench, port, listener } = await start({
      tcp: { port: 0, maxFrameBytes: '1MiB', maxHeldBytes: '256KiB' },
    })
    const small = await client(port)
    const large = await client(port)
    small.write('x'.repeat(100_000))
    await sleep(30)
    large.write('y'.repeat(200_000))
    await closed(large)
    expect(listener.connections()).toBe(1)
    expect(bench.rejections).toMatchObject([{ status: 429, reason: expect.stringContaining('maxHeldBytes') }])
    small.end('\n')
    await until(() => bench.records().length === 1)
    expect(bench.imbalance()).toBe(0)
  })

  it('stores what has come before it closes', async () => {
    const { bench, port } = await start({ tcp: { port: 0 } })
    const socket = await client(port)
    await new Promise((done) => socket.write('one\ntwo\nthree without end', done))
    await sleep(30)
    await running?.close()
    running = undefined
    expect(bench.records().map(({ line }) => line)).toEqual(['one', 'two', 'three without end'])
    expect(bench.imbalance()).toBe(0)
    const refused = await new Promise((done) => connect(port, '127.0.0.1').once('error', done))
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('acknowledges what is stored to a client that has ended its half already', async () => {
    const write = () => sleep(200, { stored: true })
    const bench = openReceiver(fluent, { options: { tcp: { port: 0 } }, limits: NO_LIMITS, write })
    running = await runReceiver('fluent', bench.opened, bench.context, 500)
    const socket = await client(running.listeners[0]!.port)
    const answer: Buffer[] = []
    socket.on('data', (bytes) => answer.push(bytes))
    socket.end(pack(['app', 0, pairs({ message: 'last words' }), pairs({ chunk: 'abc' })]))
    await closed(socket)
    expect(Buffer.concat(answer).toString('latin1')).toMatch(/ack.*abc$/s)
    expect([bench.counters.stored.total, bench.imbalance()]).toEqual([1, 0])
  })

  it('survives a fault of the receiver: the batch is lost, told and counted, the rest goes on', async () => {
    const { bench, port } = await start({ tcp: { port: 0 } })
    const socket = await client(port)
    socket.write('fault\n')
    await until(() => bench.faults.length === 1)
    socket.end('fine\n')
    await until(() => bench.records().length === 1)
    expect([bench.counters.undecodable.total, bench.imbalance()]).toEqual([1, 0])
  })

  it('says what to do about a port that is taken', async () => {
    const { port } = await start({ tcp: { port: 0 } })
    const second = openReceiver(lineReceiver, { options: { tcp: { port } } })
    await expect(runReceiver('lines', second.opened, second.context, 100)).rejects.toThrow(
      `receivers.lines.tcp: port ${port} on 127.0.0.1 is taken`,
    )
  })
})

describe('a datagram port', () => {
  it('stores datagrams, drops what the queue cannot hold, counts both', async () => {
    let open = (): void => {}
    const gate = new Promise<void>((done) => {
      open = done
    })
    const { bench, port } = await start(
      { udp: { port: 0, maxQueueBytes: '64KiB' } },
      {
        write: async () => {
          await gate
          return { stored: true }
        },
      },
    )
    const socket = createSocket('udp4')
    const datagram = Buffer.alloc(1000, 'd')
    for (let i = 0; i < 400; i++) {
      socket.send(datagram, port, '127.0.0.1')
      if (i % 20 === 0) await sleep(2)
    }
    await until(() => bench.counters.dropped.total > 0)
    await sleep(50)
    open()
    await until(() => bench.imbalance() === 0)
    socket.close()
    const { stored, dropped, received } = bench.counters
    expect(stored.total).toBeGreaterThan(40)
    expect(dropped.value({ receiver: 'lines', tenant: 't', reason: 'queue_full' })).toBe(dropped.total)
    expect(received.total).toBe(stored.total + dropped.total)
    // The kernel of a busy machine may lose some on its own; nothing is counted that did not come.
    expect(received.total).toBeLessThanOrEqual(400)
  })
})
