import { quoteText } from '../../text/go-quote.ts'
import { utf8Length } from '../../text/position.ts'
import type { PromExpr } from '../ast.ts'
import { unwrapped } from './unwrap.ts'

const COUNTER_NAME = /_(?:total|sum|count|bucket)$/

interface Forced {
  readonly text: string
  readonly place: string
  minBucket: number
  maxBucket: number
  maxDiff: number
  samples: number
  fromMs: number
  toMs: number
}

/** Warnings and infos of an evaluation, in Prometheus' words, each once. Places count from 1; columns are bytes. */
export class Annotations {
  private readonly text: string | undefined
  private readonly warned = new Set<string>()
  private readonly informed = new Set<string>()
  private readonly forced = new Map<string, Forced>()

  constructor(text: string | undefined) {
    this.text = text
  }

  get warnings(): readonly string[] {
    return [...this.warned].sort()
  }

  get infos(): readonly string[] {
    return [...this.informed, ...[...this.forced.values()].map(forcedText)].sort()
  }

  invalidQuantile(q: number, argument: PromExpr): void {
    this.warn(`quantile value should be between 0 and 1, got ${formatGeneral(q)}`, argument)
  }

  invalidRatio(ratio: number, capped: number, argument: PromExpr): void {
    const got = `got ${formatGeneral(ratio)}, capping to ${formatGeneral(capped)}`
    this.warn(`ratio value should be between -1 and 1, ${got}`, argument)
  }

  badBucketLabel(metric: string, bound: string, argument: PromExpr): void {
    const label = `bucket label "le" is missing or has a malformed value of ${quoteText(bound)}`
    this.warn(label + ofMetric(metric), argument)
  }

  sortInRange(call: PromExpr): void {
    this.warn('sort is ineffective for range queries since results are always ordered by labels', call)
  }

  /** Tells of a metric that is not named like a counter; one without a name may be anything. */
  expectCounter(metric: string | undefined, argument: PromExpr): void {
    if (metric === undefined || COUNTER_NAME.test(metric)) return
    const text = 'metric might not be a counter, name does not end in _total/_sum/_count/_bucket:'
    this.informed.add(`PromQL info: ${text} ${quoteText(metric)} ${this.placeOf(argument)}`)
  }

  /** Bucket counts that fell were raised; all such steps are told as one. */
  forcedMonotonicity(metric: string, argument: PromExpr, timeMs: number, fixed: MonotonicityFix): void {
    const link = 'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile'
    const text = `input to histogram_quantile needed to be fixed for monotonicity (see ${link})${ofMetric(metric)}`
    const place = this.placeOf(argument)
    const known = this.forced.get(text + place)
    if (known === undefined) {
      this.forced.set(text + place, { text, place, ...fixed, samples: 1, fromMs: timeMs, toMs: timeMs })
      return
    }
    known.minBucket = Math.min(known.minBucket, fixed.minBucket)
    known.maxBucket = Math.max(known.maxBucket, fixed.maxBucket)
    known.maxDiff = Math.max(known.maxDiff, fixed.maxDiff)
    known.samples++
    known.fromMs = Math.min(known.fromMs, timeMs)
    known.toMs = Math.max(known.toMs, timeMs)
  }

  private warn(text: string, at: PromExpr): void {
    this.warned.add(`PromQL warning: ${text} ${this.placeOf(at)}`)
  }

  private placeOf(node: PromExpr): string {
    const offset = unwrapped(node).at.start
    if (this.text === undefined) return `(1:${offset + 1})`
    const before = this.text.slice(0, offset)
    const lineStart = before.lastIndexOf('\n') + 1
    const line = before.split('\n').length
    return `(${line}:${utf8Length(before.slice(lineStart)) + 1})`
  }
}

export interface MonotonicityFix {
  readonly minBucket: number
  readonly maxBucket: number
  readonly maxDiff: number
}

function ofMetric(metric: string): string {
  return metric === '' ? '' : ` for metric name ${quoteText(metric)}`
}

function forcedText(fix: Forced): string {
  const buckets = `from buckets ${formatGeneral(fix.minBucket)} to ${formatGeneral(fix.maxBucket)}`
  const diff = formatGeneral(Number(fix.maxDiff.toPrecision(2)), 2)
  const times = `over ${fix.samples} samples from ${formatTime(fix.fromMs)} to ${formatTime(fix.toMs)}`
  return `PromQL info: ${fix.text}, ${buckets}, with a max diff of ${diff}, ${times} ${fix.place}`
}

/** RFC 3339 without trailing zeros of the fraction. */
function formatTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z')
}

/** Go's `%g`: the shortest digits, with an exponent below 1e-4 and from 10 to the `widest` on. */
export function formatGeneral(value: number, widest = 6): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
  const power = Number(exponent)
  if (power >= -4 && power < widest) return String(value)
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
