import { readdirSync } from 'node:fs'
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import { openReceiver, type SentRequest } from '../testing/bench-of-receivers.ts'
import { repeatedByteInZstd, storedInZstd } from '../testing/encoders.ts'
import { casesOf } from '../testing/golden-case.ts'
import { samples } from '../testing/samples.ts'
import { receivers } from './index.ts'

const LINES = ['hello', 'with "quotes", \\ and 로그 😀', '{"level":"error","deep":{"a":[1,2]}}'].map((text) =>
  Buffer.from(text),
)
const NO_RATES = { ingestionRateBytes: 0, perStreamRateBytes: 0 }

function encoded(request: SentRequest, encoding: string, body: Buffer): SentRequest {
  return { ...request, headers: { ...request.headers, 'content-encoding': encoding }, body }
}

it('lists every receiver of the folder, by name', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !name.endsWith('.test.ts') && name !== 'index.ts')
  expect(receivers.map(({ name }) => `${name}.ts`)).toEqual(files.sort())
})

it('has no two routes for the same method of the same path', () => {
  const routes = receivers.flatMap((receiver) => openReceiver(receiver).routes)
  const answered = routes.flatMap(({ method, path }) => [method].flat().map((one) => `${one} ${path}`))
  expect(answered.filter((route, i) => answered.indexOf(route) !== i)).toEqual([])
})

for (const receiver of receivers) {
  describe(`receiver ${receiver.name}`, () => {
    it('has samples, a summary, an example and default options', () => {
      expect((samples[receiver.name]?.length ?? 0) + casesOf(receiver).length).toBeGreaterThan(0)
      expect(receiver.summary).not.toMatch(/\n|^$/)
      expect(receiver.options.parse({})).toBeTypeOf('object')
      const { opened } = openReceiver(receiver, { options: receiver.exampleOptions })
      const { routes = [], listeners: ports = [], pulls = [] } = opened
      expect(routes.length + ports.length + pulls.length).toBeGreaterThan(0)
      for (const route of routes) expect(route.path).toMatch(/^\/[a-z0-9_/.:-]*\*?$/i)
      // Ports are opened by configuration alone.
      const { listeners } = openReceiver(receiver)
      for (const { options } of listeners) expect(options.port).toBeUndefined()
    })

    for (const sample of samples[receiver.name] ?? []) {
      describe(sample.name, () => {
        const now = Date.UTC(2025, 11, 20, 12)
        const valid = sample.request(LINES, now)
        const open = (more: Parameters<typeof openReceiver>[1] = {}) =>
          openReceiver(receiver, { nowMs: now, ...more, limits: { ...NO_RATES, ...more.limits } })

        it('stores each line once, in order, and says so', async () => {
          const bench = open()
          const response = await bench.send(valid)
          expect(response.status).toBeGreaterThanOrEqual(200)
          expect(response.status).toBeLessThan(300)
          expect(bench.records().map(({ line }) => line)).toEqual(LINES.map(sample.stored))
          expect(bench.counters.received.total).toBe(3)
          expect(bench.counters.stored.value({ receiver: receiver.name, tenant: 't' })).toBe(3)
          expect(bench.batches.every(({ tenant, receiver: name }) => tenant === 't' && name === receiver.name)).toBe(
            true,
          )
          expect(bench.rejections).toEqual([])
        })

        it('passes the idempotency key on, and counts a repeated batch as duplicate', async () => {
          const bench = open()
          await bench.send({ ...valid, headers: { ...valid.headers, 'idempotency-key': 'batch-7' } })
          expect(bench.keys).toEqual(['batch-7'])
          const again = open({ write: async () => ({ stored: false }) })
          expect((await again.send(valid)).status).toBeLessThan(300)
          expect([again.counters.duplicate.total, again.counters.stored.total, again.imbalance()]).toEqual([3, 0, 0])
          const odd = await bench.send({ ...valid, headers: { ...valid.headers, 'idempotency-key': 'a b' } })
          expect(odd.status).toBe(400)
        })

        it('refuses an empty body', async () => {
          for (const body of [Buffer.alloc(0), Buffer.from('\n')]) {
            const bench = open()
            const response = await bench.send({ ...valid, body })
            if (body.length === 0 && sample.emptyStatus !== undefined) {
              expect([response.status, bench.batches, bench.rejections]).toEqual([sample.emptyStatus, [], []])
              continue
            }
            expect([400, 422]).toContain(response.status)
            expect(String(response.body).length).toBeGreaterThan(10)
            expect(bench.batches).toEqual([])
            expect(bench.rejections.length).toBe(1)
          }
        })

        it('survives a body cut off anywhere', async () => {
          for (let length = 0; length < valid.body.length; length++) {
            const bench = open()
            const response = await bench.send({ ...valid, body: valid.body.subarray(0, length) })
            expect([200, 202, 204, 400, 422]).toContain(response.status)
            expect(bench.imbalance()).toBe(0)
          }
        })

        it('undoes gzip, zstd and deflate, with zlib frame or without, and refuses other encodings', async () => {
          if (valid.headers?.['content-encoding']) return
          for (const request of [
            encoded(valid, 'gzip', gzipSync(valid.body)),
            encoded(valid, 'deflate', deflateSync(valid.body)),
            encoded(valid, 'deflate', deflateRawSync(valid.body)),
            encoded(valid, 'GZIP', gzipSync(valid.body)),
            encoded(valid, 'x-gzip', gzipSync(valid.body)),
            encoded(valid, 'zstd', storedInZstd(valid.body)),
          ]) {
            const bench = open()
            await bench.send(request)
            expect(bench.records().map(({ line }) => line)).toEqual(LINES.map(sample.stored))
          }
          for (const encoding of ['br', 'compress', 'x'.repeat(5000)]) {
            const response = await open().send(encoded(valid, encoding, valid.body))
            expect(response.status).toBe(400)
            expect(String(response.body)).toMatch(/Content-Encoding .* not supported/)
            expect(String(response.body).length).toBeLessThan(600)
          }
          for (const encoding of ['gzip', 'deflate', 'zstd']) {
            const response = await open().send(encoded(valid, encoding, Buffer.from('not compressed at all')))
            expect(response.status).toBe(400)
            expect(String(response.body)).toContain(encoding)
          }
        })

        it('stops a compression bomb at the limit', async () => {
          const limits = { maxDecompressedBytes: 1 << 20 }
          const zeros = Buffer.alloc(100 << 20)
          for (const [encoding, bomb] of [
            ['gzip', gzipSync(zeros)],
            ['deflate', deflateSync(zeros)],
            ['deflate', deflateRawSync(zeros)],
            ['zstd', repeatedByteInZstd(0, 100 << 20)],
          ] as const) {
            const bench = open({ limits })
            const before = process.memoryUsage().rss
            const response = await bench.send(encoded(valid, encoding, bomb))
            expect(response.status).toBe(413)
            expect(String(response.body)).toContain('limits.maxDecompressedBytes')
            expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20)
            expect(bench.counters.undecodable.total).toBe(1)
          }
          const large = await open({ limits: { maxDecompressedBytes: 20 } }).send(valid)
          expect(large.status).toBe(413)
        })

        it('refuses a 10 MB line and stores its neighbours', async () => {
          const bench = open()
          const lines = [Buffer.from('before'), Buffer.alloc(10 << 20, 'x'), Buffer.from('after')]
          const response = await bench.send(sample.request(lines, now))
          expect(response.status).toBe(sample.partialStatus ?? 400)
          expect(String(response.body)).toContain('max entry size')
          expect(bench.records().map(({ line }) => line)).toEqual([lines[0]!, lines[2]!].map(sample.stored))
          expect(bench.counters.rejected.value({ receiver: receiver.name, tenant: 't', reason: 'line_too_long' })).toBe(
            1,
          )
          expect(bench.imbalance()).toBe(0)
        })

        it('replaces invalid UTF-8 and keeps NUL', async () => {
          const bench = open()
          const lines = [
            Buffer.from([0x61, 0xff, 0xe2, 0x82, 0x62]),
            Buffer.from('a\u0000b'),
            Buffer.from([0xed, 0xa0, 0x80]),
          ]
          expect((await bench.send(sample.request(lines, now))).status).toBeLessThan(300)
          const stored = bench.records().map(({ line }) => line)
          expect(stored).toEqual(lines.map(sample.stored))
          expect(stored[0]).toContain('a\ufffd\ufffdb')
        })

        it('takes a line of deeply nested JSON as text, and refuses absurd nesting of the protocol itself', async () => {
          const bench = open()
          const nested = Buffer.from('['.repeat(50_000))
          expect((await bench.send(sample.request([nested], now))).status).toBeLessThan(300)
          expect(bench.records().map(({ line }) => line)).toEqual([sample.stored(nested)])
          const started = performance.now()
          for (const body of ['['.repeat(1_000_000), '{"a":'.repeat(200_000), `{"streams":${'['.repeat(1_000_000)}`]) {
            const absurd = open()
            const response = await absurd.send({
              ...valid,
              headers: { 'content-type': 'application/json' },
              body: Buffer.from(body),
            })
            expect([400, 422]).toContain(response.status)
          }
          expect(performance.now() - started).toBeLessThan(2000)
        })

        it('counts a failing store as rejected and passes its error on', async () => {
          const bench = open({
            write: async () => {
              throw new GirokError('overloaded', 'the write queue is full', { retryAfterSeconds: 3 })
            },
          })
          const response = await bench.send(valid)
          expect(response.status).toBe(sample.busyStatus ?? 429)
          expect(response.headers?.['retry-after']).toBe('3')
          expect(bench.counters.rejected.value({ receiver: receiver.name, tenant: 't', reason: 'overloaded' })).toBe(3)
          expect(bench.imbalance()).toBe(0)
        })

        it('answers 429 over the rate, stores nothing of it, and recovers', async () => {
          const bench = open({ limits: { ingestionRateBytes: 100, ingestionBurstBytes: 160 } })
          const statuses: number[] = []
          for (let i = 0; i < 3; i++) statuses.push((await bench.send(valid)).status)
          expect(statuses[0]).toBeLessThan(300)
          expect(statuses[2]).toBe(sample.busyStatus ?? 429)
          const stored = bench.records().length
          const refused = await bench.send(valid)
          expect(refused.headers?.['retry-after']).toMatch(/^[1-9][0-9]*$/)
          expect(String(refused.body)).toContain('ingestion rate limit exceeded for user t (limit: 100 bytes/sec)')
          expect(bench.records().length).toBe(stored)
          expect((await bench.send({ ...valid, tenant: 'other' })).status).toBeLessThan(300)
          bench.clock.nowMs += Number(refused.headers?.['retry-after']) * 1000
          expect((await bench.send(valid)).status).toBeLessThan(300)
          expect(bench.imbalance()).toBe(0)
        })
      })
    }
  })
}
