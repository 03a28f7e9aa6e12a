import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RecordBatch } from '../../model/batch.ts'
import { labelsText } from '../../model/labels.ts'
import { bitsOf, isStaleMarker, METRIC_NAME, type SampleBatch } from '../../model/sample-batch.ts'
import { createPlayer, HISTORY_MS, type Player } from './player.ts'

beforeEach(() => {
  // Only what the player itself asks: the programs that it plays have timers of their own.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

interface Played {
  readonly player: Player
  readonly records: RecordBatch[]
  readonly samples: SampleBatch[]
}

function open(needsHistory: boolean, linesPerSecond = 12.5): Played {
  const records: RecordBatch[] = []
  const samples: SampleBatch[] = []
  let seed = 7
  const player = createPlayer({
    tenant: 't',
    linesPerSecond,
    random() {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed / 2_147_483_648
    },
    onError: (error) => {
      throw error
    },
    needsHistory: () => needsHistory,
    submit: async (batch) => void records.push(batch),
    submitSamples: async (batch) => void samples.push(batch),
  })
  return { player, records, samples }
}

interface Reading {
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly timeMs: number
  readonly value: number
}

/** Without the markers of series that have ended. */
function readings(batches: readonly SampleBatch[]): Reading[] {
  return allReadings(batches).filter(({ isStale }) => !isStale)
}

function allReadings(batches: readonly SampleBatch[]): (Reading & { readonly isStale: boolean })[] {
  return batches.flatMap(({ count, series, seriesList, timeMs, value }) =>
    Array.from({ length: count }, (_, i) => {
      const labels = seriesList[series[i] as number]?.labels ?? new Map()
      return {
        name: labels.get(METRIC_NAME) ?? '',
        labels,
        timeMs: timeMs[i] as number,
        value: value[i] as number,
        isStale: isStaleMarker(bitsOf(value), i),
      }
    }),
  )
}

function* entries(batches: readonly RecordBatch[]): Generator<{ job: string; entry: Record<string, unknown> }> {
  for (const batch of batches) {
    for (let i = 0; i < batch.count; i++) {
      const labels = batch.streams[batch.stream[i] as number]?.labels
      expect(labels?.get('girok_sample')).toBe('true')
      const entry = JSON.parse(batch.bytes.toString('utf8', batch.lineStart[i], batch.lineEnd[i]))
      expect(Math.floor(Date.parse(entry.timestamp) / 1_000)).toBe(batch.seconds[i])
      yield { job: labels?.get('job') ?? '', entry }
    }
  }
}

test('plays the agreed number of lines, all marked, all JSON with time, level and message', async () => {
  const { player, records } = open(false)
  player.start()
  vi.advanceTimersByTime(40_000)
  await player.stop()
  vi.advanceTimersByTime(10_000)
  expect(records.reduce((sum, batch) => sum + batch.count, 0)).toBe(500)
  const jobs = new Set<string>()
  for (const { job, entry } of entries(records)) {
    jobs.add(job)
    expect(entry).toMatchObject({ timestamp: expect.any(String), level: expect.any(String) })
  }
  expect([...jobs].sort()).toEqual(['ads', 'fastapi', 'inference', 'system', 'training'])
})

test('metrics come every ten seconds, all marked, and tell what the records tell', async () => {
  const { player, records, samples } = open(false)
  player.start()
  vi.advanceTimersByTime(120_000)
  await player.stop()
  const all = readings(samples)
  for (const { labels } of all) {
    expect(labels.get('girok_sample')).toBe('true')
    expect(labels.has('job') && labels.has('instance')).toBe(true)
  }
  const scrapes = [...new Set(all.map(({ timeMs }) => timeMs))]
  expect(scrapes).toHaveLength(12)
  expect(new Set(scrapes.slice(1).map((timeMs, i) => timeMs - (scrapes[i] as number)))).toEqual(new Set([10_000]))
  const ends = allReadings(samples).filter(({ isStale }) => isStale)
  expect(new Set(ends.map(({ labels }) => labelsText(labels)))).toEqual(
    new Set(all.map(({ labels }) => labelsText(labels))),
  )
  const lastSum = (name: string) =>
    all.filter((one) => one.name === name && one.timeMs === scrapes.at(-1)).reduce((sum, { value }) => sum + value, 0)
  const said = (message: string) => [...entries(records)].filter(({ entry }) => entry.message === message).length
  // A step logs several lines, of which the last may wait for the next batch.
  for (const [metric, message] of [
    ['api_requests_total', 'api_response'],
    ['api_request_duration_seconds_count', 'api_response'],
    ['vllm:request_success_total', 'inference_response'],
    ['ad_impressions_total', 'Ad impression'],
    ['ad_clicks_total', 'Ad click'],
    ['ad_conversions_total', 'Conversion tracked'],
  ] as const) {
    expect(said(message), message).toBeGreaterThan(0)
    expect(Math.abs(lastSum(metric) - said(message)), metric).toBeLessThanOrEqual(3)
  }
})

test('where nothing is, a quarter of an hour is played first, and counters go on from there', async () => {
  const { player, records, samples } = open(true, 4)
  const startMs = Date.now()
  player.start()
  vi.advanceTimersByTime(20_000)
  // What waits is stored before the player has stopped; until then it is not told to break off.
  const isPlayed = () => samples.some(({ timeMs, count }) => timeMs.subarray(0, count).includes(startMs + 20_000))
  while (!isPlayed()) await new Promise((done) => setImmediate(done))
  await player.stop()
  const times = [...new Set(readings(samples).map(({ timeMs }) => timeMs))]
  expect(times).toHaveLength(62)
  expect(times[0]).toBe(startMs - HISTORY_MS + 15_000)
  expect([...times].sort((a, b) => a - b)).toEqual(times)
  const seconds = records.flatMap((batch) => Array.from(batch.seconds.subarray(0, batch.count)))
  expect(Math.min(...seconds) * 1_000).toBeGreaterThanOrEqual(startMs - HISTORY_MS - 1_000)
  expect(seconds).toHaveLength(60 * 60 + 80)
  const spent = readings(samples).filter(
    ({ name, labels }) => name === 'ad_spend_total' && labels.get('campaign_id') === 'camp_1',
  )
  expect(spent.every(({ value }, i) => i === 0 || value >= (spent[i - 1]?.value ?? 0))).toBe(true)
  const busy = readings(samples).filter(
    ({ name, labels }) => name === 'node_cpu_seconds_total' && labels.get('mode') === 'idle',
  )
  expect(Math.max(...busy.map(({ value }) => value))).toBeGreaterThan(100)
}, 120_000)

test('stopped while it plays what was before, it breaks off', async () => {
  const { player, samples } = open(true)
  player.start()
  await player.stop()
  const count = samples.length
  expect(new Set(readings(samples).map(({ timeMs }) => timeMs)).size).toBeLessThan(10)
  await new Promise((done) => setImmediate(done))
  expect(samples).toHaveLength(count)
})
