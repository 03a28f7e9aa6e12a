import type { PlainSeries } from '../packages/server/src/ingest/testing/remote-write.ts'

const STALE = 0x7ff0000000000002n
export const STEP_MS = 15_000
/** Samples per series: 100 minutes. */
export const COUNT = 400

type Values = (i: number) => number | bigint | undefined

/**
 * Counters with resets, gauges, classic histograms, gaps, ends, infinities and NaN, every 15 s from `startMs` on. Times lie a
 * little behind whole seconds: Prometheus before 3.0 counts a sample at the very start of a range, later ones do not.
 */
export function randomSamples(random: () => number, startMs: number): PlainSeries[] {
  const all: PlainSeries[] = []
  const add = (name: string, labels: Readonly<Record<string, string>>, valueAt: Values) => {
    const samples = Array.from({ length: COUNT }, (_, i) => {
      const value = valueAt(i)
      const timeMs = startMs + i * STEP_MS + 1 + Math.floor(random() * 400)
      return value === undefined ? undefined : ([timeMs, value] as const)
    }).filter((sample) => sample !== undefined)
    const named = Object.entries({ __name__: name, ...labels }).sort(([a], [b]) => (a < b ? -1 : 1))
    all.push({ labels: named, samples })
  }
  for (const [job, instances] of [
    ['api', 3],
    ['db', 2],
    ['web', 4],
  ] as const) {
    for (let n = 0; n < instances; n++) {
      const of = { job, instance: `${job}-${n}:90` }
      for (const code of ['200', '404', '500']) add('requests_total', { ...of, code }, counter(random))
      add('temperature', { ...of, zone: n % 2 === 0 ? 'east' : 'west' }, gauge(random))
      add('up', of, () => (random() < 0.95 ? 1 : 0))
      add('memory_bytes', of, wholeGauge(random))
    }
    const buckets = [0.1, 0.5, 1, 5, Number.POSITIVE_INFINITY]
    const counts = histogram(random, buckets.length)
    for (const [b, bound] of buckets.entries()) {
      const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound)
      add('latency_seconds_bucket', { job, le }, (i) => counts[i]?.[b])
    }
    add('latency_seconds_count', { job }, (i) => counts[i]?.at(-1))
    add('latency_seconds_sum', { job }, (i) => (counts[i]?.at(-1) ?? 0) * 0.7)
    add('job_info', { job, version: `1.${job.length}`, region: 'seoul' }, () => 1)
  }
  add('odd', { kind: 'nan' }, (i) => (i % 7 === 0 ? Number.NaN : i))
  add('odd', { kind: 'inf' }, (i) =>
    i % 11 === 0 ? Number.POSITIVE_INFINITY : i % 13 === 0 ? Number.NEGATIVE_INFINITY : 1,
  )
  add('odd', { kind: 'tiny' }, (i) => i * 1e-9)
  add('odd', { kind: 'huge' }, (i) => i * 1e22)
  add('gone', { kind: 'stale' }, (i) => (i < 150 ? i : i === 150 ? STALE : undefined))
  add('gone', { kind: 'back' }, (i) => (i % 100 < 60 ? i : i % 100 === 60 ? STALE : undefined))
  add('gone', { kind: 'silent' }, (i) => (i < 200 || i > 260 ? 5 : undefined))
  add('sparse', { kind: 'rare' }, (i) => (i % 17 === 0 ? i : undefined))
  return all
}

function counter(random: () => number): Values {
  let value = 1e6 * random() + 1e5
  const gapFrom = Math.floor(random() * 2 * COUNT)
  return (i) => {
    value = random() < 0.005 ? random() * 10 : value + Math.floor(random() * 100)
    return i >= gapFrom && i < gapFrom + 30 ? undefined : value
  }
}

function gauge(random: () => number): Values {
  let value = 20
  return () => {
    value += random() - 0.5
    return Math.round(value * 100) / 100
  }
}

function wholeGauge(random: () => number): Values {
  return (i) => Math.floor(i / 5) * 4096 + (random() < 0.3 ? 4096 : 0)
}

/** Cumulative counts by bucket, one row for each time. */
function histogram(random: () => number, buckets: number): readonly (readonly number[])[] {
  const counts = Array.from({ length: buckets }, () => 1000)
  return Array.from({ length: COUNT }, () => {
    for (let k = 0; k < 20; k++) {
      const bucket = Math.floor(random() ** 2 * buckets)
      for (let b = bucket; b < buckets; b++) counts[b] = (counts[b] as number) + 1
    }
    return [...counts]
  })
}
