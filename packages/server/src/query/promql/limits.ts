import type { PromGrid } from '@girok/query/promql'
import { GirokError } from '../../model/errors.ts'
import type { QueryLimits } from '../limits.ts'
import { DEFAULT_QUERY_LIMITS } from '../limits.ts'

/** Bounds and options of PromQL queries. */
export interface PromLimits {
  /** How far back an instant selector looks. */
  readonly lookbackMs: number
  /** The step of subqueries that name none. */
  readonly defaultStepMs: number
  readonly timeoutMs: number
  /** Samples that one query may hold at once, those of intermediate results included; 16 bytes each. */
  readonly maxSamples: number
  /** Points per series. */
  readonly maxPoints: number
  /** Queries that run at once; others wait. */
  readonly maxConcurrent: number
  /** Queries that may wait; further ones are refused at once. */
  readonly maxQueued: number
  /** Query text, UTF-8 bytes. */
  readonly maxQueryBytes: number
  /** Metric names are dropped at the end of evaluation rather than at once. */
  readonly delayedNameRemoval: boolean
}

/** Prometheus' defaults, but for `maxSamples`: 50 million would be 800 MB. */
export const DEFAULT_PROM_LIMITS: PromLimits = {
  lookbackMs: 300_000,
  defaultStepMs: 60_000,
  timeoutMs: 120_000,
  maxSamples: 20_000_000,
  maxPoints: 11_000,
  maxConcurrent: 20,
  maxQueued: 200,
  maxQueryBytes: 131_072,
  delayedNameRemoval: false,
}

/** What the register of running queries needs to know. */
export function runLimits({ timeoutMs, maxConcurrent, maxQueued, maxQueryBytes }: PromLimits): QueryLimits {
  return { ...DEFAULT_QUERY_LIMITS, timeoutMs, maxConcurrent, maxQueued, maxQueryBytes }
}

/** The time that a query gets: what it asks for, at most what all get. */
export function timeoutOf(limits: PromLimits, asked: number | undefined): number {
  return asked === undefined || !(asked > 0) ? limits.timeoutMs : Math.min(asked, limits.timeoutMs)
}

/** Throws `bad_request` for a range that ends before it begins or has no step, `limit_exceeded` for too many points. */
export function rangeGrid(
  { startMs, endMs, stepMs }: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
  limits: PromLimits,
): PromGrid {
  if (endMs < startMs) throw new GirokError('bad_request', 'end timestamp must not be before start time')
  if (!(stepMs >= 1)) {
    throw new GirokError(
      'bad_request',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    )
  }
  const steps = Math.floor((endMs - startMs) / stepMs)
  if (steps > limits.maxPoints) {
    throw new GirokError(
      'limit_exceeded',
      `exceeded maximum resolution of ${limits.maxPoints.toLocaleString('en')} points per timeseries. Try decreasing the query resolution (?step=XX)`,
    )
  }
  return { startMs, stepMs, count: steps + 1, endMs }
}

/** The errors of a query that ran too long or whose client is gone, in Prometheus' words. */
export function asPromError(error: unknown): unknown {
  if (!(error instanceof GirokError)) return error
  if (error.code === 'timeout') return new GirokError('timeout', 'query timed out in expression evaluation')
  if (error.code === 'cancelled') return new GirokError('cancelled', 'query was canceled in expression evaluation')
  return error
}
