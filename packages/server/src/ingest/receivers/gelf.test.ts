import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ChunkStore, type LossReason } from '../gelf/chunk-store.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { decodeGelfPlainly } from '../testing/plain-gelf.ts'
import { fuzzSeed, Random } from '../testing/random.ts'
import { gelf } from './gelf.ts'

const NOW = Date.UTC(2025, 11, 20, 12)
const PORTS = { udp: { port: 0 }, tcp: { port: 0 } }

function open(options: object = {}) {
  return openReceiver(gelf, { nowMs: NOW, options: { ...PORTS, ...options } })
}

function chunk(id: string, index: number, count: number, data: Buffer | string): Buffer {
  const head = Buffer.from([0x1e, 0x0f, ...Buffer.from(id.padEnd(8, '.')), index, count])
  return Buffer.concat([head, Buffer.from(data)])
}

function chunksOf(message: Buffer, id: string, count: number): Buffer[] {
  const size = Math.ceil(message.length / count)
  return Array.from({ length: count }, (_, i) => chunk(id, i, count, message.subarray(i * size, (i + 1) * size)))
}

describe('chunks', () => {
  function store(maxBytes = 1 << 20) {
    const clock = { nowMs: NOW }
    const losses: [LossReason, number][] = []
    const chunks = new ChunkStore({
      maxBytes,
      now: () => clock.nowMs,
      lost: (reason, messages) => losses.push([reason, messages]),
    })
    return { chunks, clock, losses }
  }

  it('come in any order, twice, mixed, of several senders with one id', () => {
    const { chunks, losses } = store()
    const [a0, a1, a2] = chunksOf(Buffer.from('message of a'), 'id', 3) as [Buffer, Buffer, Buffer]
    const [b0, b1] = chunksOf(Buffer.from('message of b'), 'id', 2) as [Buffer, Buffer]
    expect([chunks.add(a2, 'a'), chunks.add(b1, 'b'), chunks.add(a0, 'a'), chunks.add(a0, 'a')]).toEqual(
      Array(4).fill(undefined),
    )
    expect(String(chunks.add(a1, 'a'))).toBe('message of a')
    expect(String(chunks.add(b0, 'b'))).toBe('message of b')
    expect(chunks.heldBytes).toBe(0)
    chunks.close()
    expect(losses).toEqual([])
  })

  it('are 128 at most', () => {
    const { chunks } = store()
    const parts = chunksOf(Buffer.alloc(1280, 'x'), 'id', 128)
    expect(parts.map((part) => chunks.add(part, 'a')).at(-1)).toHaveLength(1280)
    expect(() => chunks.add(chunk('id', 0, 129, 'x'), 'a')).toThrow('128')
    expect(() => chunks.add(chunk('id', 2, 2, 'x'), 'a')).toThrow('chunk 2 of 2')
    expect(() => chunks.add(chunk('id', 0, 0, 'x'), 'a')).toThrow('of 0')
  })

  it('are waited for 5 seconds', () => {
    const { chunks, clock, losses } = store()
    chunks.add(chunk('one', 0, 2, 'x'), 'a')
    clock.nowMs += 4000
    chunks.add(chunk('two', 0, 2, 'x'), 'a')
    clock.nowMs += 999
    expect(String(chunks.add(chunk('one', 1, 2, 'y'), 'a'))).toBe('xy')
    chunks.add(chunk('one', 0, 2, 'x'), 'a')
    clock.nowMs += 4001
    chunks.add(chunk('three', 0, 2, 'x'), 'a')
    expect(losses).toEqual([['incomplete_message', 1]])
    chunks.close()
    expect(losses).toEqual([
      ['incomplete_message', 1],
      ['incomplete_message', 2],
    ])
    expect(chunks.heldBytes).toBe(0)
  })

  it('hold no more than they may, and one sender a quarter of it', () => {
    const { chunks, losses } = store(100_000)
    for (let i = 0; i < 1000; i++) {
      chunks.add(chunk(`${i}`, 0, 128, Buffer.alloc(1000)), 'a')
      expect(chunks.heldBytes).toBeLessThanOrEqual(25_000)
    }
    expect(String(chunks.add(chunk('x', 0, 1, 'other'), 'b'))).toBe('other')
    for (let i = 0; i < 1000; i++) chunks.add(chunk(`${i}`, 0, 128, Buffer.alloc(1000)), `${i}`)
    expect(chunks.heldBytes).toBeLessThanOrEqual(100_000)
    const dropped = losses.reduce((sum, [, messages]) => sum + messages, 0)
    chunks.close()
    const all = losses.reduce((sum, [, messages]) => sum + messages, 0)
    expect([dropped > 1900, all]).toEqual([true, 2000])
    expect(chunks.heldBytes).toBe(0)
  })

  it('of a message that has become too large are thrown away together', () => {
    const { chunks, losses } = store(100_000)
    for (let i = 0; i < 127; i++) expect(chunks.add(chunk('id', i, 128, Buffer.alloc(1000)), 'a')).toBeUndefined()
    expect(losses).toEqual([['queue_full', 1]])
    expect(chunks.heldBytes).toBeLessThan(2000)
    chunks.close()
    expect(losses).toHaveLength(1)
  })
})

describe('UDP', () => {
  it('drops and counts what there is no room for, before it is unpacked', async () => {
    const bench = open({ udp: { port: 0, maxQueueBytes: 65_536 } })
    const message = Buffer.from(JSON.stringify({ host: 'h', short_message: 'x'.repeat(1000) }))
    const bomb = gzipSync(Buffer.from(JSON.stringify({ host: 'h', short_message: 'y'.repeat(60_000) })))
    for (let i = 0; i < 100; i++) bench.datagram('udp', i === 30 ? bomb : message)
    await bench.close()
    expect(bench.counters.dropped.total).toBeGreaterThan(30)
    expect(bench.counters.received.total).toBe(100)
    expect(bench.imbalance()).toBe(0)
  })

  it('unpacks no more than a message may have', async () => {
    const bench = open({ maxMessageBytes: 10_000 })
    bench.datagram('udp', gzipSync(Buffer.alloc(20_000, ' ')))
    await bench.close()
    expect(bench.rejections).toMatchObject([{ status: 413 }])
    expect(bench.counters.undecodable.total).toBe(1)
  })
})

describe('levels', () => {
  it.each([
    [{ level: 3 }, 'error'],
    [{ level: '4' }, 'warn'],
    [{ level: 'err' }, 'error'],
    [{ level: 9 }, ''],
    [{}, ''],
    // Docker's level is only that of the output; a line of JSON is looked into later.
    [{ level: 6, _container_id: 'a', short_message: '{"level":"warn"}' }, ''],
    [{ level: 6, _container_id: 'a', short_message: 'text' }, 'info'],
  ])('%j is %s', async (fields, level) => {
    const bench = open()
    const body = Buffer.from(JSON.stringify({ host: 'h', short_message: 'm', ...fields }))
    expect((await bench.send({ path: '/gelf', body })).status).toBe(202)
    expect(bench.records()[0]!.level).toBe(level)
  })
})

it('agrees with a decoder that is plain to see, by every way in', async () => {
  const random = new Random(fuzzSeed('gelf, plain'))
  const messages = Array.from({ length: 2000 }, () => randomMessage(random))
  const expected = messages.flatMap((text) => decodeGelfPlainly(text, '192.0.2.1', NOW) ?? [])
  expect(expected.length).toBeGreaterThan(1000)
  const ways: Record<string, (bench: ReturnType<typeof open>) => Promise<unknown>> = {
    http: (bench) => bench.send({ path: '/gelf', body: Buffer.from(messages.join('\n')) }),
    tcp: (bench) => bench.connect('tcp').send(Buffer.from(messages.map((text) => `${text}\0`).join(''))),
    udp: async (bench) => messages.forEach((text) => void bench.datagram('udp', Buffer.from(text))),
  }
  for (const [way, send] of Object.entries(ways)) {
    const bench = open()
    await send(bench)
    await bench.close()
    const actual = bench.records().map(({ metadata = {}, ...record }) => ({ ...record, metadata }))
    expect([way, actual]).toEqual([way, expected])
    expect([bench.imbalance(), bench.counters.rejected.total]).toEqual([0, messages.length - expected.length])
  }
})

function randomMessage(random: Random): string {
  const value = () =>
    random.pick<unknown>(['text', '', 'esc "q" \\ \n 세 😀', 5, -1, true, null, [1, { a: 2 }], { b: 'c' }])
  const members: [string, unknown][] = [
    ['version', '1.1'],
    ['host', random.below(20) === 0 ? value() : random.pick(['a', 'b'])],
    ['short_message', random.below(20) === 0 ? value() : random.pick(['hi', '{"level":"warn"}', 'line "two"\n'])],
    ['message', 'fallback'],
    ['full_message', random.pick([value(), 'hi there', 'Traceback\n x'])],
    ['timestamp', random.pick([NOW / 1000 - 5, 0, 'soon', null])],
    ['level', random.below(10)],
    ...['_container_id', '_app', '_container_name', '_user.name', '_', '_-', 'bare', '_세'].map(
      (name): [string, unknown] => [name, value()],
    ),
  ]
  const kept = members.filter(() => random.below(4) > 0)
  const text = JSON.stringify(Object.fromEntries(kept))
  return random.below(50) === 0 ? text.slice(0, -1) : text
}
