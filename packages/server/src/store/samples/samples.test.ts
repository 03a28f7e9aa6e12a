import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelSet } from '../../model/labels.ts'
import { bitsOf, makeSeries, type SampleBatch, type SampleSeries } from '../../model/sample-batch.ts'
import type { LogStore } from '../store.ts'
import { temporaryStores } from '../testing/temporary-stores.ts'

const { newDir, withStore } = temporaryStores('samples')

const T0 = Date.UTC(2026, 4, 2)
const STALE = 0x7ff0000000000002n
const ALL = { startMs: 0, endMs: 2 ** 42, timeoutMs: 20_000 }

const seriesOf = (metric: string, labels: Record<string, string> = {}, tenant = 't'): SampleSeries =>
  makeSeries(tenant, labelSet([['__name__', metric], ...Object.entries(labels)]))

type Sample = readonly [series: number, timeMs: number, bits: bigint]

function pack(
  seriesList: readonly SampleSeries[],
  samples: readonly Sample[],
  more: Partial<SampleBatch> = {},
): SampleBatch {
  const value = new Float64Array(samples.length)
  const bits = new BigUint64Array(value.buffer)
  samples.forEach(([, , sample], i) => {
    bits[i] = sample
  })
  return {
    tenant: 't',
    receiver: 'test',
    count: samples.length,
    seriesList,
    series: Uint32Array.from(samples, ([index]) => index),
    timeMs: Float64Array.from(samples, ([, ms]) => ms),
    value,
    ...more,
  }
}

function bitsOfNumber(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint
}

/** What the store gives for a series: times and values as bits. */
async function read(
  store: LogStore,
  { id }: SampleSeries,
  range: Partial<typeof ALL> = {},
): Promise<[number, bigint][]> {
  const found = (await store.samples.read({ tenant: 't', ids: [id], ...ALL, ...range })).get(id)
  if (found === undefined) return []
  const bits = bitsOf(found.values)
  return Array.from(found.times, (ms, i) => [ms, (BigInt(bits[2 * i + 1] ?? 0) << 32n) | BigInt(bits[2 * i] ?? 0)])
}

describe('samples in the embedded engine', () => {
  it('keeps every bit of every value, the stale marker among them, over merges and a restart', async () => {
    const seed = Date.now() % 2 ** 31
    console.log(`samples: seed ${seed}`)
    const dataDir = newDir()
    const one = seriesOf('one')
    const special = [
      STALE,
      0x7ff8000000000000n,
      0xfff8000000000001n,
      0x0d0d0d0d0d0d0d0dn,
      0x090a5c000d27n,
      0n,
      2n ** 63n,
    ]
    const values = [
      ...special,
      ...fc.sample(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { seed, numRuns: 3000 }),
      ...fc
        .sample(fc.array(fc.constantFrom<bigint[]>(9n, 10n, 13n, 92n, 39n, 0n), { minLength: 8, maxLength: 8 }), {
          seed,
          numRuns: 500,
        })
        .map((bytes) => bytes.reduce((sum, byte) => sum * 256n + byte, 0n)),
    ]
    const expected = values.map((bits, i): [number, bigint] => [T0 + i * 1000, bits])
    await withStore({ dataDir }, async (store) => {
      for (let i = 0; i < expected.length; i += 500) {
        const some = expected.slice(i, i + 500)
        await store.samples.write(
          pack(
            [one],
            some.map(([ms, bits]) => [0, ms, bits]),
          ),
        )
      }
      expect(await read(store, one)).toEqual(expected)
      await store.driver.command('OPTIMIZE TABLE samples FINAL')
      expect(await read(store, one)).toEqual(expected)
      expect((await store.usage()).samples).toBe(expected.length)
    })
    await withStore({ dataDir }, async (store) => {
      expect(await read(store, one)).toEqual(expected)
      expect([...(store.samples.series.get('t', one.id)?.labels ?? [])]).toEqual([...one.labels])
    })
  })

  it('gives samples in order of time however they came, each time once', async () => {
    await withStore({ dataDir: newDir() }, async (store) => {
      const [a, b] = [seriesOf('a'), seriesOf('b', { x: 'ü"\\\n\t' })]
      const list = [a, b]
      const v = bitsOfNumber
      await store.samples.write(
        pack(list, [
          [0, T0 + 3, v(3)],
          [1, T0, v(9)],
          [0, T0 + 1, v(1)],
        ]),
      )
      await store.samples.write(
        pack(list, [
          [0, T0 + 2, v(2)],
          [0, T0 + 3, v(3)],
          [0, T0 - 86_400_000, v(0)],
        ]),
      )
      // Different values at one time: the greater number, a number rather than NaN, anything rather than the marker.
      await store.samples.write(
        pack(list, [
          [1, T0, STALE],
          [1, T0 + 1, STALE],
          [1, T0 + 2, v(Number.NaN)],
        ]),
      )
      await store.samples.write(
        pack(list, [
          [1, T0 + 2, v(-1)],
          [1, T0, v(10)],
        ]),
      )
      expect(await read(store, a)).toEqual([
        [T0 - 86_400_000, v(0)],
        [T0 + 1, v(1)],
        [T0 + 2, v(2)],
        [T0 + 3, v(3)],
      ])
      expect(await read(store, b)).toEqual([
        [T0, v(10)],
        [T0 + 1, STALE],
        [T0 + 2, v(-1)],
      ])
      expect(await read(store, a, { startMs: T0 + 1, endMs: T0 + 2 })).toEqual([
        [T0 + 1, v(1)],
        [T0 + 2, v(2)],
      ])
      expect(await read(store, a, { startMs: T0 + 4 })).toEqual([])
    })
  })

  it('reads many long series in pieces, and stops at a limit', async () => {
    await withStore({ dataDir: newDir() }, async (store) => {
      const list = Array.from({ length: 40 }, (_, i) => seriesOf('long', { i: `${i}` }))
      const perSeries = 5000
      const count = list.length * perSeries
      const batch = {
        ...pack(list, []),
        count,
        series: Uint32Array.from({ length: count }, (_, i) => i % list.length),
        timeMs: Float64Array.from({ length: count }, (_, i) => T0 + Math.floor(i / list.length) * 60_000),
        value: Float64Array.from({ length: count }, (_, i) => i),
      }
      // More than one insert takes.
      await store.samples.write(batch)
      const range = { tenant: 't', ids: list.map(({ id }) => id), ...ALL }
      const found = await store.samples.read(range)
      expect([...found.keys()].sort()).toEqual(list.map(({ id }) => id).sort())
      for (const [index, { id }] of list.entries()) {
        const { times, values } = found.get(id) ?? { times: [], values: [] }
        expect(times.length).toBe(perSeries)
        expect(times[perSeries - 1]).toBe(T0 + (perSeries - 1) * 60_000)
        expect(values[7]).toBe(7 * list.length + index)
      }
      await expect(store.samples.read({ ...range, maxSamples: count - 1 })).rejects.toMatchObject({
        code: 'limit_exceeded',
      })
      expect((await store.samples.read({ ...range, maxSamples: count })).size).toBe(40)
      expect((await store.samples.read({ ...range, tenant: 'other' })).size).toBe(0)
      const gone = AbortSignal.abort()
      await expect(store.samples.read({ ...range, signal: gone })).rejects.toMatchObject({ code: 'cancelled' })
    })
  })

  it('knows series by metric and by hour, and tenants apart', async () => {
    const dataDir = newDir()
    const hour = 3_600_000
    const ns = (ms: number): bigint => BigInt(ms) * 1_000_000n
    await withStore({ dataDir }, async (store) => {
      const list = [seriesOf('a', { i: '1' }), seriesOf('a', { i: '2' }), seriesOf('b')]
      await store.samples.write(
        pack(list, [
          [0, T0, 1n],
          [1, T0 + 5 * hour, 1n],
          [2, T0, 1n],
        ]),
      )
      await store.samples.write({ ...pack([seriesOf('a', {}, 'u')], [[0, T0, 1n]]), tenant: 'u' })
    })
    await withStore({ dataDir }, async (store) => {
      const { series } = store.samples
      const labels = (metric?: string, fromMs = T0, toMs = T0 + 9 * hour): string[] =>
        [...series.list('t', ns(fromMs), ns(toMs), metric)].map(({ labels: set }) => [...set.values()].join()).sort()
      expect(labels()).toEqual(['a,1', 'a,2', 'b'])
      expect(labels('a')).toEqual(['a,1', 'a,2'])
      expect(labels('a', T0 + hour)).toEqual(['a,2'])
      expect(labels('none')).toEqual([])
      expect([series.count('t'), series.count('u'), [...series.tenants()].sort()]).toEqual([3, 1, ['t', 'u']])
    })
  })

  it('keeps exemplars and the newest description of each metric', async () => {
    const dataDir = newDir()
    const one = seriesOf('one')
    const text = 'a\tb\nc\\d'
    await withStore({ dataDir }, async (store) => {
      const describe = (help: string) =>
        store.samples.write(pack([], [], { metadata: [{ metric: 'one', type: 'counter', help, unit: 'seconds' }] }))
      await describe('old')
      await describe(text)
      const exemplar = { series: 0, timeMs: T0 + 5, value: 0.25, labels: labelSet([['trace_id', "x'\ty"]]) }
      const batch = pack([one], [[0, T0, 1n]], { exemplars: [exemplar] })
      await store.samples.write(batch)
      await store.samples.write(batch)
    })
    await withStore({ dataDir }, async (store) => {
      expect([...store.samples.metadata('t').values()]).toEqual([
        { metric: 'one', type: 'counter', help: text, unit: 'seconds' },
      ])
      expect(await store.samples.exemplars({ tenant: 't', ids: [one.id], ...ALL })).toEqual([
        { series: one.id, timeMs: T0 + 5, value: 0.25, labels: new Map([['trace_id', "x'\ty"]]) },
      ])
    })
  })

  it('refuses on a full disk, says so, and has lost nothing', async () => {
    const dataDir = newDir()
    const one = seriesOf('one')
    await withStore({ dataDir }, async (store) => {
      await store.samples.write(pack([one], [[0, T0, 1n]]))
    })
    await withStore({ dataDir, minFreeDiskBytes: 2 ** 50 }, async (store) => {
      await expect(store.samples.write(pack([one], [[0, T0 + 1, 1n]]))).rejects.toMatchObject({ code: 'disk_full' })
      expect(store.health().state).toBe('disk_full')
    })
    await withStore({ dataDir }, async (store) => {
      expect(await read(store, one)).toEqual([[T0, 1n]])
      expect(store.health().state).toBe('ready')
    })
  })

  it('refuses times that cannot be stored, and everything once it stops', async () => {
    await withStore({ dataDir: newDir() }, async (store) => {
      for (const ms of [-1, 2 ** 42, Number.NaN]) {
        await expect(store.samples.write(pack([seriesOf('a')], [[0, ms, 1n]]))).rejects.toMatchObject({
          code: 'unprocessable',
        })
      }
      await store.close()
      await expect(store.samples.write(pack([seriesOf('a')], [[0, T0, 1n]]))).rejects.toMatchObject({
        code: 'store_unavailable',
      })
    })
  })
})
