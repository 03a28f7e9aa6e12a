import { METRIC_NAME, type MetricType } from '../../model/sample-batch.ts'
import { Refusals } from '../batch/refusals.ts'
import { abbreviate } from '../batch/stream-directory.ts'
import type { IngestLimits } from '../limits.ts'
import type { AssembledSamples, SampleAssembler } from '../prometheus/sample-assembler.ts'
import type { KnownSeries } from '../prometheus/series-directory.ts'
import { resolveSeries } from '../prometheus/series-labels.ts'
import { Observations } from './observations.ts'
import { type MetricLine, parseMetric, readIdentity, type StatsdType, type TagStyles } from './parse-metric.ts'

export interface TableOptions {
  readonly tenant: string
  readonly limits: IngestLimits
  readonly styles: TagStyles
  readonly prefix: string
  /** Upper bounds of buckets, ascending; empty: quantiles instead. */
  readonly buckets: readonly number[]
  readonly quantiles: readonly number[]
  readonly maxSeries: number
  readonly expiryMs: number
}

/** Distinct members of all sets of one interval, and texts that lead to series. */
const MAX_MEMBERS = 200_000
const TEXTS_PER_SERIES = 4

interface Metric {
  readonly type: StatsdType
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  /** What it was written as so far, by suffix and label. */
  readonly written: Map<string, KnownSeries>
  value: number
  readonly observations: Observations | undefined
  members: Set<string> | undefined
  lastMs: number
  /** Something came since the last flush. */
  isTouched: boolean
}

/**
 * The metrics of a tenant between two flushes. Counters and what timings add up to are kept from flush to flush, so that
 * they only ever grow, and are forgotten when nothing came for the time of expiry.
 */
export class MetricTable {
  readonly #options: TableOptions
  readonly #metrics = new Map<string, Metric>()
  readonly #byText = new Map<string, Metric>()
  /** Names of metrics whose type was told. */
  readonly #described = new Set<string>()
  #members = 0
  #refusals = new Refusals()

  constructor(options: TableOptions) {
    this.#options = options
  }

  /** Metrics that are held. */
  get size(): number {
    return this.#metrics.size
  }

  /** Takes a line that is no event; one that is none is counted, and told with the next flush. */
  add(line: string, nowMs: number): void {
    const parsed = parseMetric(line)
    if (typeof parsed === 'string') {
      this.#refusals.add('malformed_metric', 1, () => `the line ${JSON.stringify(abbreviate(line, 120))} ${parsed}`)
      return
    }
    const metric = this.#metricOf(parsed)
    if (metric === undefined) return
    metric.lastMs = nowMs
    metric.isTouched = true
    for (const value of parsed.values) this.#observe(metric, value, parsed.rate)
  }

  /** Refusals since the last call. */
  takeRefusals(): Refusals {
    const taken = this.#refusals
    this.#refusals = new Refusals()
    return taken
  }

  /**
   * Writes the metrics as they are at this time, and begins the next interval. All of them, or in the end only those that
   * something came for since the last time.
   */
  flush(assembler: SampleAssembler, nowMs: number, which: 'all' | 'touched' = 'all'): AssembledSamples {
    const { expiryMs } = this.#options
    for (const [key, metric] of this.#metrics) {
      if (nowMs - metric.lastMs >= expiryMs) {
        this.#end(assembler, metric, nowMs)
        this.#metrics.delete(key)
      } else if (which === 'all' || metric.isTouched) this.#write(assembler, metric, nowMs)
      metric.isTouched = false
    }
    this.#members = 0
    // Some lead to metrics that are gone; the others come back with the next line.
    this.#byText.clear()
    return assembler.finish()
  }

  #metricOf({ identity, type }: MetricLine): Metric | undefined {
    const text = `${type}\0${identity}`
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    const { styles, prefix, maxSeries, buckets } = this.#options
    const { name, labels } = readIdentity(identity, styles, prefix)
    const key = JSON.stringify([name, [...labels].sort(([a], [b]) => (a < b ? -1 : 1))])
    let metric = this.#metrics.get(key)
    if (metric !== undefined && metric.type !== type) {
      const other = metric.type
      this.#refusals.add('malformed_metric', 1, () => `${abbreviate(name)} came as ${other} and now as ${type}`)
      return undefined
    }
    if (metric === undefined) {
      if (this.#metrics.size >= maxSeries) {
        this.#refusals.add('series_limit', 1, () => {
          return `${abbreviate(name)} ${abbreviate(JSON.stringify(Object.fromEntries(labels)))} would be one more metric than receivers.statsd.maxSeries (${maxSeries}) allows`
        })
        return undefined
      }
      const observed = type === 'timer' || type === 'histogram'
      metric = {
        type,
        name,
        labels,
        written: new Map(),
        value: 0,
        observations: observed ? new Observations(buckets) : undefined,
        members: undefined,
        lastMs: 0,
        isTouched: false,
      }
      this.#metrics.set(key, metric)
    }
    if (this.#byText.size < maxSeries * TEXTS_PER_SERIES) this.#byText.set(text, metric)
    return metric
  }

  #observe(metric: Metric, text: string, rate: number): void {
    if (metric.type === 'counter') metric.value += Number(text) / rate
    else if (metric.type === 'gauge') {
      const isRelative = text.startsWith('+') || text.startsWith('-')
      metric.value = isRelative ? metric.value + Number(text) : Number(text)
    } else if (metric.type === 'set') this.#member(metric, text)
    // Prometheus counts time in seconds.
    else metric.observations?.add(metric.type === 'timer' ? Number(text) / 1000 : Number(text), 1 / rate)
  }

  #member(metric: Metric, text: string): void {
    metric.members ??= new Set()
    if (metric.members.has(text)) return
    if (this.#members >= MAX_MEMBERS) {
      this.#refusals.add('series_limit', 1, () => `the sets of an interval have more than ${MAX_MEMBERS} members`)
      return
    }
    this.#members++
    metric.members.add(text)
  }

  #write(assembler: SampleAssembler, metric: Metric, nowMs: number): void {
    const { observations } = metric
    if (observations === undefined) {
      if (metric.type === 'set') {
        metric.value = metric.members?.size ?? 0
        metric.members = undefined
      }
      this.#describe(assembler, metric, metric.type === 'counter' ? 'counter' : 'gauge')
      this.#sample(assembler, metric, nowMs, metric.value, '')
      return
    }
    const { buckets, quantiles } = this.#options
    this.#describe(assembler, metric, buckets.length > 0 ? 'histogram' : 'summary')
    if (buckets.length > 0) {
      for (const [i, bound] of buckets.entries()) {
        this.#sample(assembler, metric, nowMs, observations.inBucket[i]!, '_bucket', ['le', String(bound)])
      }
      this.#sample(assembler, metric, nowMs, observations.count, '_bucket', ['le', '+Inf'])
    } else {
      const values = observations.quantiles(quantiles)
      for (const [i, value] of (values ?? []).entries()) {
        this.#sample(assembler, metric, nowMs, value, '', ['quantile', String(quantiles[i])])
      }
      observations.restart()
    }
    this.#sample(assembler, metric, nowMs, observations.sum, '_sum')
    this.#sample(assembler, metric, nowMs, observations.count, '_count')
  }

  #sample(
    assembler: SampleAssembler,
    metric: Metric,
    timeMs: number,
    value: number,
    suffix: string,
    own?: readonly [name: string, value: string],
  ): void {
    assembler.sample(timeMs, value)
    assembler.endSeries(this.#known(metric, suffix, own))
  }

  #end(assembler: SampleAssembler, { written }: Metric, nowMs: number): void {
    for (const known of written.values()) {
      assembler.staleMarker(nowMs)
      assembler.endSeries(known)
    }
  }

  #known(metric: Metric, suffix: string, own: readonly [string, string] | undefined): KnownSeries {
    const key = own === undefined ? suffix : `${suffix} ${own[1]}`
    const known = metric.written.get(key)
    if (known !== undefined) return known
    const pairs = new Map(metric.labels)
    if (own !== undefined) {
      const taken = pairs.get(own[0])
      if (taken !== undefined) pairs.set(`exported_${own[0]}`, taken)
      pairs.set(own[0], own[1])
    }
    pairs.set(METRIC_NAME, metric.name + suffix)
    const raw = [...pairs].map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const)
    const outcome = resolveSeries(this.#options.tenant, raw, this.#options.limits)
    const made: KnownSeries = { outcome, batch: 0, index: 0, activeHour: -1, lastMs: -1 }
    metric.written.set(key, made)
    return made
  }

  #describe(assembler: SampleAssembler, metric: Metric, type: MetricType): void {
    if (this.#described.has(metric.name)) return
    if (this.#described.size >= this.#options.maxSeries) this.#described.clear()
    this.#described.add(metric.name)
    const unit = metric.type === 'timer' ? 'seconds' : ''
    assembler.describe({ metric: metric.name, type, help: '', unit })
  }
}
