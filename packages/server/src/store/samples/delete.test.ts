import { describe, expect, it } from 'vitest'
import { labelSet } from '../../model/labels.ts'
import { makeSeries, type SampleSeries } from '../../model/sample-batch.ts'
import type { LogStore } from '../store.ts'
import { temporaryStores } from '../testing/temporary-stores.ts'

const { newDir, withStore } = temporaryStores('sample-deletion')

/** Midnight, so that samples stand in two partitions. */
const T0 = Date.UTC(2026, 4, 2)
const SAMPLES = 20

const seriesOf = (tenant: string, metric: string, mark: string): SampleSeries =>
  makeSeries(
    tenant,
    labelSet([
      ['__name__', metric],
      ['mark', mark],
    ]),
  )

/** One sample per second, half of them before midnight, and an exemplar beside the first. */
async function write(store: LogStore, tenant: string, series: SampleSeries): Promise<void> {
  const timeMs = Float64Array.from({ length: SAMPLES }, (_, i) => T0 + (i - SAMPLES / 2) * 1000)
  await store.samples.write({
    tenant,
    receiver: 'test',
    count: SAMPLES,
    seriesList: [series],
    series: new Uint32Array(SAMPLES),
    timeMs,
    value: Float64Array.from({ length: SAMPLES }, (_, i) => i),
    metadata: [{ metric: series.labels.get('__name__') ?? '', type: 'gauge', help: 'A gauge.', unit: '' }],
    exemplars: [{ series: 0, timeMs: timeMs[0] as number, value: 1, labels: labelSet([['trace_id', 'x']]) }],
  })
}

async function count(
  store: LogStore,
  tenant: string,
  { id }: SampleSeries,
): Promise<[samples: number, exemplars: number]> {
  const range = { tenant, ids: [id], startMs: 0, endMs: 2 ** 42, timeoutMs: 20_000 }
  const samples = (await store.samples.read(range)).get(id)?.times.length ?? 0
  return [samples, (await store.samples.exemplars(range)).length]
}

describe('deletion of samples', () => {
  it('removes exactly the series of a label value, and takes new samples of them', async () => {
    const dataDir = newDir()
    const [gone, other] = [seriesOf('t', 'a', 'gone'), seriesOf('t', 'b', 'gone')]
    const [stays, foreign] = [seriesOf('t', 'a', 'stays'), seriesOf('u', 'a', 'gone')]
    await withStore({ dataDir }, async (store) => {
      for (const series of [gone, other, stays]) await write(store, 't', series)
      await write(store, 'u', foreign)
      await store.samples.deleteByLabel('t', 'mark', 'gone')
      await store.samples.deleteByLabel('t', 'mark', 'nothing')
      expect(await count(store, 't', gone)).toEqual([0, 0])
      expect(await count(store, 't', other)).toEqual([0, 0])
      expect(await count(store, 't', stays)).toEqual([SAMPLES, 1])
      expect(await count(store, 'u', foreign)).toEqual([SAMPLES, 1])
      expect([store.samples.series.count('t'), store.samples.series.count('u')]).toEqual([1, 1])
      // The metric b has no series any more, a has.
      expect([...store.samples.metadata('t').keys()]).toEqual(['a'])
      expect([...store.samples.metadata('u').keys()]).toEqual(['a'])
      await write(store, 't', gone)
      expect(await count(store, 't', gone)).toEqual([SAMPLES, 1])
    })
    await withStore({ dataDir }, async (store) => {
      expect(store.samples.series.count('t')).toBe(2)
      expect([...store.samples.metadata('t').keys()]).toEqual(['a'])
      expect(await count(store, 't', gone)).toEqual([SAMPLES, 1])
    })
  })

  it('removes a range of time, both ends inclusive, and forgets series that have nothing left', async () => {
    const dataDir = newDir()
    const [part, whole, untouched] = [seriesOf('t', 'a', '1'), seriesOf('t', 'a', '2'), seriesOf('t', 'a', '3')]
    await withStore({ dataDir }, async (store) => {
      for (const series of [part, whole, untouched]) await write(store, 't', series)
      await store.samples.deleteSeries('t', [part.id], T0 - 2000, T0 + 2000)
      await store.samples.deleteSeries('t', [whole.id], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
      await store.samples.deleteSeries('t', [], 0, T0)
      expect(await count(store, 't', part)).toEqual([SAMPLES - 5, 1])
      expect(await count(store, 't', whole)).toEqual([0, 0])
      expect(await count(store, 't', untouched)).toEqual([SAMPLES, 1])
      expect([...store.samples.series.list('t', 0n, 2n ** 63n)].map(({ id }) => id).sort()).toEqual(
        [part.id, untouched.id].sort(),
      )
    })
    await withStore({ dataDir }, async (store) => expect(store.samples.series.count('t')).toBe(2))
  })
})
