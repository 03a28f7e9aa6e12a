import { type Expr, rangeNodesOf, type Selector } from '@girok/query'
import { GirokError } from '../model/errors.ts'
import { durationText, type QueryLimits } from './limits.ts'

/** What one request allows itself; it can only narrow the limits of the server. Left out: the server's. */
export interface RequestLimits {
  /** Longest time range, milliseconds. */
  readonly maxLengthMs?: number
  /** Longest range in brackets (`[5m]`), milliseconds. */
  readonly maxIntervalMs?: number
  readonly maxEntries?: number
  readonly timeoutMs?: number
  /** Names that every selector must have a matcher for. */
  readonly requiredLabels?: readonly string[]
  /** Matchers that every selector must have at least. */
  readonly minLabels?: number
}

/** The limits of a query: the narrower of the server's and the request's. */
export function narrowed(limits: QueryLimits, own: RequestLimits | undefined): QueryLimits {
  if (!own) return limits
  return {
    ...limits,
    maxLengthMs: lower(limits.maxLengthMs, own.maxLengthMs),
    maxEntries: lower(limits.maxEntries, own.maxEntries),
    timeoutMs: lower(limits.timeoutMs, own.timeoutMs),
  }
}

/** Zero is no limit, of the server and of the request alike. */
function lower(limit: number, own: number | undefined): number {
  if (own === undefined || own === 0) return limit
  return limit === 0 ? own : Math.min(limit, own)
}

/** Throws `limit_exceeded` for a query that the request's own demands on queries refuse; texts are Loki's. */
export function checkDemands(expr: Expr, own: RequestLimits | undefined): void {
  if (!own) return
  const leaves = expr.kind === 'log' ? [] : rangeNodesOf(expr).map(({ node }) => node.range)
  for (const selector of expr.kind === 'log' ? [expr.selector] : leaves.map(({ log }) => log.selector)) {
    checkMatchers(selector, own)
  }
  for (const { rangeNs } of leaves) {
    if (own.maxIntervalMs && Number(rangeNs / 1_000_000n) > own.maxIntervalMs) {
      const written = durationText(Number(rangeNs / 1_000_000n))
      const limit = durationText(own.maxIntervalMs)
      throw new GirokError('limit_exceeded', `[interval] value exceeds limit: [${written}] > [${limit}]`)
    }
  }
}

function checkMatchers({ matchers }: Selector, { requiredLabels = [], minLabels = 0 }: RequestLimits): void {
  const present = [...new Set(matchers.map(({ name }) => name))]
  const missing = requiredLabels.filter((name) => !present.includes(name))
  if (missing.length > 0) {
    throw new GirokError(
      'limit_exceeded',
      `stream selector is missing required matchers [${missing.join(', ')}], labels present in the query were ` +
        `[${present.join(', ')}]`,
    )
  }
  if (present.length < minLabels) {
    throw new GirokError(
      'limit_exceeded',
      `stream selector has less label matchers than required: (present: [${present.join(', ')}], ` +
        `number_present: ${present.length}, required_number_label_matchers: ${minLabels})`,
    )
  }
}
