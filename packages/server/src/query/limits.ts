import { GirokError } from '../model/errors.ts'

/** Bounds of one query and of all together. Zero means "no limit", but for `timeoutMs` and `maxConcurrent`. */
export interface QueryLimits {
  readonly timeoutMs: number
  /** Log lines in one answer. */
  readonly maxEntries: number
  /** Series in one answer. */
  readonly maxSeries: number
  /** Longest time range, milliseconds. */
  readonly maxLengthMs: number
  /** Points per series. */
  readonly maxResolution: number
  /** Queries that run at once; others wait. */
  readonly maxConcurrent: number
  /** Query text, UTF-8 bytes. */
  readonly maxQueryBytes: number
  /** Queries that may wait; further ones are refused at once. */
  readonly maxQueued: number
  /** Lines that the evaluator may be handed by the store for one metric query. */
  readonly maxReadRows: number
  /** Bytes that all lines of one answer may have. */
  readonly maxResultBytes: number
}

/** Loki's defaults where Loki has the limit. */
export const DEFAULT_QUERY_LIMITS: QueryLimits = {
  timeoutMs: 60_000,
  maxEntries: 5000,
  maxSeries: 500,
  maxLengthMs: 721 * 3_600_000,
  maxResolution: 11_000,
  maxConcurrent: 8,
  maxQueryBytes: 131_072,
  maxQueued: 100,
  maxReadRows: 100_000_000,
  maxResultBytes: 256 * 1024 * 1024,
}

/** Throws `limit_exceeded` for a query text above the limit. */
export function checkQueryText(query: string, limits: QueryLimits): void {
  const bytes = Buffer.byteLength(query)
  if (limits.maxQueryBytes > 0 && bytes > limits.maxQueryBytes) {
    throw new GirokError(
      'limit_exceeded',
      `the query has ${bytes} bytes, the limit is ${limits.maxQueryBytes} bytes (query.maxQueryBytes)`,
    )
  }
}

/** Throws `bad_request` for a range that ends before it starts, `limit_exceeded` for one that is too long. */
export function checkRange(startNs: bigint, endNs: bigint, limits: QueryLimits): void {
  if (endNs < startNs) {
    throw new GirokError('bad_request', 'end timestamp must not be before or equal to start time')
  }
  const lengthMs = Number((endNs - startNs) / 1_000_000n)
  if (limits.maxLengthMs > 0 && lengthMs > limits.maxLengthMs) {
    throw new GirokError(
      'limit_exceeded',
      `the query time range exceeds the limit (query length: ${clockText(lengthMs)}, limit: ${durationText(limits.maxLengthMs)})`,
    )
  }
}

/** Throws `bad_request` for a step that is not positive, `limit_exceeded` for a grid with too many points. */
export function checkResolution(startNs: bigint, endNs: bigint, stepNs: bigint, limits: QueryLimits): void {
  if (startNs === endNs) return
  if (stepNs <= 0n) {
    throw new GirokError(
      'bad_request',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    )
  }
  if (limits.maxResolution > 0 && (endNs - startNs) / stepNs > BigInt(limits.maxResolution)) {
    throw new GirokError(
      'limit_exceeded',
      `exceeded maximum resolution of ${grouped(limits.maxResolution)} points per time series. Try increasing the value of the step parameter`,
    )
  }
}

/** Throws for a number of lines that is not positive or above the limit. */
export function checkEntries(limit: number, limits: QueryLimits): void {
  if (!(limit > 0)) throw new GirokError('bad_request', 'limit must be a positive value')
  if (limits.maxEntries > 0 && limit > limits.maxEntries) {
    throw new GirokError(
      'limit_exceeded',
      `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${limits.maxEntries})`,
    )
  }
}

/** Throws `limit_exceeded` for an answer with too many series. */
export function checkSeries(count: number, max: number): void {
  if (max > 0 && count > max) {
    throw new GirokError(
      'limit_exceeded',
      `maximum number of series (${max}) reached for a single query; consider reducing query cardinality by ` +
        'adding more specific stream selectors, reducing the time range, or aggregating results with functions like ' +
        'sum(), count() or topk()',
    )
  }
}

/** The error of a query that ran too long; Loki's text. */
export function timeoutError(): GirokError {
  return new GirokError(
    'timeout',
    'request timed out, decrease the duration of the request or add more label matchers (prefer exact match over ' +
      'regex match) to reduce the amount of data processed',
  )
}

/** The error of a query whose client is gone; Loki's text. */
export function cancelledError(): GirokError {
  return new GirokError('cancelled', 'the request was cancelled by the client')
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]

/** `30d1h`: a duration as LogQL and Prometheus write it. */
export function durationText(ms: number): string {
  let text = ''
  let rest = ms
  for (const [unit, size] of UNITS) {
    const n = Math.floor(rest / size)
    if (n > 0) text += `${n}${unit}`
    rest -= n * size
  }
  return text || '0s'
}

/** `25h0m0s`, `1.5s`: a duration as Go writes it. */
function clockText(ms: number): string {
  const seconds = `${(ms % 60_000) / 1000}s`
  if (ms < 60_000) return seconds
  const minutes = Math.floor(ms / 60_000)
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`
}

/** 11000 → `11,000` */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}
