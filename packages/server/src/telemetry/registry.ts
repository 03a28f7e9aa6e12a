import type { Counter } from '../model/counters.ts'

export type LabelValues = Readonly<Record<string, string>>

/** One number of a family: `name` is the family's, or that with `_bucket`, `_sum` or `_count` of a histogram. */
export interface MetricReading {
  readonly name: string
  readonly labels: LabelValues
  readonly value: number
}

/** A family of metrics with its numbers now, in stable order. */
export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly readings: () => Iterable<MetricReading>
}

/** How often values fell into which ranges. */
export interface Histogram {
  observe(labels: LabelValues, value: number): void
}

/** A value that goes up and down, set by whoever knows it. */
export interface Gauge {
  set(labels: LabelValues, value: number): void
}

/** Counters, gauges and histograms, shown at /metrics in the Prometheus text format (version 0.0.4). */
export interface Registry {
  /** A counter; the name ends in `_total` by Prometheus convention. Names are unique. */
  counter(name: string, help: string): Counter
  /** A count that somebody else keeps, read when someone asks. */
  counterOf(name: string, help: string, read: () => number): void
  /** A value that is read when someone asks; returning undefined leaves the gauge out. */
  gauge(name: string, help: string, read: () => number | undefined): void
  /** A gauge with labels, which keeps what it was set to. */
  settableGauge(name: string, help: string): Gauge
  /**
   * @param bounds upper bounds of the buckets, ascending; that of +Inf is added
   * @param known label sets that are shown from the start, with zeroes
   */
  histogram(name: string, help: string, bounds: readonly number[], known?: readonly LabelValues[]): Histogram
  /** All families, in order of registration. */
  families(): Iterable<MetricFamily>
  /** The whole exposition. */
  text(): string
}

/** A label combination beyond this many of one family is counted under `other`, so that no client can grow memory. */
const MAX_COMBINATIONS = 2_000

export function createRegistry(): Registry {
  const families = new Map<string, MetricFamily>()
  const register = (family: MetricFamily) => {
    if (families.has(family.name)) throw new Error(`metric ${family.name} is registered twice`)
    families.set(family.name, family)
  }
  return {
    counter(name, help) {
      const counts = new Combinations(() => ({ value: 0 }))
      register({
        name,
        help,
        type: 'counter',
        readings: function* () {
          for (const [labels, { value }] of counts.all()) yield { name, labels, value }
        },
      })
      return {
        add(labels, amount = 1) {
          counts.of(labels).value += amount
        },
        value: (labels) => counts.known(labels)?.value ?? 0,
      }
    },
    counterOf(name, help, read) {
      register({ name, help, type: 'counter', readings: () => [{ name, labels: {}, value: read() }] })
    },
    gauge(name, help, read) {
      register({
        name,
        help,
        type: 'gauge',
        readings: function* () {
          const value = read()
          if (value !== undefined) yield { name, labels: {}, value }
        },
      })
    },
    settableGauge(name, help) {
      const values = new Combinations(() => ({ value: 0 }))
      register({
        name,
        help,
        type: 'gauge',
        readings: function* () {
          for (const [labels, { value }] of values.all()) yield { name, labels, value }
        },
      })
      return {
        set(labels, value) {
          values.of(labels).value = value
        },
      }
    },
    histogram(name, help, bounds, known = []) {
      const series = new Combinations(() => ({ counts: new Float64Array(bounds.length), sum: 0, count: 0 }))
      for (const labels of known) series.of(labels)
      register({ name, help, type: 'histogram', readings: () => histogramReadings(name, bounds, series.all()) })
      return {
        observe(labels, value) {
          const found = series.of(labels)
          found.sum += value
          found.count++
          const place = bounds.findIndex((bound) => value <= bound)
          if (place >= 0) found.counts[place] = (found.counts[place] as number) + 1
        },
      }
    },
    families: () => families.values(),
    text() {
      let text = ''
      for (const { name, help, type, readings } of families.values()) {
        text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
        for (const reading of readings()) text += `${reading.name}${labelText(reading.labels)} ${reading.value}\n`
      }
      return text
    },
  }
}

interface HistogramState {
  readonly counts: Float64Array
  readonly sum: number
  readonly count: number
}

/** Buckets count what is at most their bound, so each holds those before it. */
function* histogramReadings(
  name: string,
  bounds: readonly number[],
  series: Iterable<readonly [LabelValues, HistogramState]>,
): Generator<MetricReading> {
  for (const [labels, { counts, sum, count }] of series) {
    let below = 0
    for (const [i, bound] of bounds.entries()) {
      below += counts[i] as number
      yield { name: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: below }
    }
    yield { name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count }
    yield { name: `${name}_sum`, labels, value: sum }
    yield { name: `${name}_count`, labels, value: count }
  }
}

/** What a family keeps for each combination of label values. */
class Combinations<T> {
  readonly #make: () => T
  readonly #byKey = new Map<string, readonly [LabelValues, T]>()

  constructor(make: () => T) {
    this.#make = make
  }

  known(labels: LabelValues): T | undefined {
    return this.#byKey.get(combinationKey(labels))?.[1]
  }

  of(given: LabelValues): T {
    let labels = given
    let key = combinationKey(labels)
    if (!this.#byKey.has(key) && this.#byKey.size >= MAX_COMBINATIONS) {
      labels = Object.fromEntries(Object.keys(labels).map((label) => [label, 'other']))
      key = combinationKey(labels)
    }
    let found = this.#byKey.get(key)
    if (found === undefined) {
      found = [labels, this.#make()]
      this.#byKey.set(key, found)
    }
    return found[1]
  }

  all(): Iterable<readonly [LabelValues, T]> {
    return this.#byKey.values()
  }
}

function combinationKey(labels: LabelValues): string {
  let key = ''
  for (const name of Object.keys(labels).sort()) key += `${name}\0${labels[name]}\0`
  return key
}

function labelText(labels: LabelValues): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((name) => `${name}="${escapeLabelValue(labels[name] ?? '')}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabelValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
