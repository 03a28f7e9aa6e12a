import { GirokError } from '../../model/errors.ts'
import { parsePrometheusDuration } from '../loki/params.ts'
import { invalidParameter } from './errors.ts'

/**
 * Parameters of Prometheus' HTTP API: times are seconds since the epoch, with a fraction or an exponent if need be, or
 * RFC 3339; durations are seconds or `1h30m`. An empty parameter counts as missing. What cannot be read is a `bad_request`.
 */

/** Times that clients write for "since ever" and "for ever": the ends of Go's time, whose years no parser of RFC 3339 takes. */
const ENDS: Readonly<Record<string, number>> = {
  '-292273086-05-16T16:47:06Z': Number.NEGATIVE_INFINITY,
  '292277025-08-18T07:12:54.999999999Z': Number.POSITIVE_INFINITY,
}
/** Where the times of the API end: those of Date. */
const MAX_TIME_MS = 8.64e15
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const RFC3339 = /^(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2})(?:[.,](\d+))?([Zz]|[+-]\d{2}:\d{2})$/
/** int64 nanoseconds, in which Go holds durations. */
const MAX_DURATION_S = 2 ** 63 / 1e9

/** Milliseconds since the epoch. */
export function parseTime(text: string, name: string, prefix = ''): number {
  const seconds = NUMBER.test(text) ? Number(text) : undefined
  const ms = seconds === undefined ? (ENDS[text] ?? parseRfc3339(text)) : Math.round(seconds * 1000)
  if (ms === undefined) {
    throw invalidParameter(name, `${prefix}cannot parse ${JSON.stringify(text)} to a valid timestamp`)
  }
  return Math.max(-MAX_TIME_MS, Math.min(MAX_TIME_MS, ms))
}

/** A time that may be left out, whose faults Prometheus tells in more words. */
function parseOptionalTime(params: URLSearchParams, name: string, fallbackMs: number): number {
  const text = params.get(name)
  return text ? parseTime(text, name, `Invalid time value for '${name}': `) : fallbackMs
}

function parseRfc3339(text: string): number | undefined {
  const [, toSeconds, fraction = '', zone] = RFC3339.exec(text) ?? []
  if (toSeconds === undefined) return undefined
  const ms = Date.parse(`${toSeconds.toUpperCase()}${zone?.toUpperCase()}`)
  if (Number.isNaN(ms)) return undefined
  return ms + Number(fraction.slice(0, 3).padEnd(3, '0'))
}

/** Milliseconds, with a fraction where one was written. */
export function parseDuration(text: string, name: string): number {
  const cannot = (more = '') =>
    invalidParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration${more}`)
  if (NUMBER.test(text)) {
    const seconds = Number(text)
    if (Math.abs(seconds) > MAX_DURATION_S) throw cannot('. It overflows int64')
    return seconds * 1000
  }
  const ns = text === '0' ? 0n : parsePrometheusDuration(text)
  if (ns === undefined) throw cannot()
  if (Number(ns) / 1e9 > MAX_DURATION_S) throw cannot('. It overflows int64')
  return Number(ns) / 1e6
}

/** The instant of a query; now, if none is named. */
export function instantOf(params: URLSearchParams, nowMs: number): number {
  return parseOptionalTime(params, 'time', Math.floor(nowMs))
}

/** `start` and `end` of lists of series and names, both inclusive; the whole of time without them. */
export function spanOf(params: URLSearchParams): { readonly startMs: number; readonly endMs: number } {
  const startMs = parseOptionalTime(params, 'start', -MAX_TIME_MS)
  const endMs = parseOptionalTime(params, 'end', MAX_TIME_MS)
  if (endMs < startMs) throw invalidParameter('end', 'end timestamp must not be before start time')
  return { startMs, endMs }
}

/** `start`, `end` and `step` of a range query, of at most `maxPoints` steps. */
export function gridOf(
  params: URLSearchParams,
  maxPoints: number,
): {
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
} {
  const startMs = parseTime(params.get('start') ?? '', 'start')
  const endMs = parseTime(params.get('end') ?? '', 'end')
  if (endMs < startMs) throw invalidParameter('end', 'end timestamp must not be before start time')
  const exactMs = parseDuration(params.get('step') ?? '', 'step')
  if (exactMs <= 0) {
    throw invalidParameter(
      'step',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    )
  }
  // Samples have whole milliseconds, and so have steps.
  const stepMs = Math.max(1, Math.floor(exactMs))
  if ((endMs - startMs) / stepMs > maxPoints) {
    throw new GirokError(
      'bad_request',
      `exceeded maximum resolution of ${maxPoints.toLocaleString('en')} points per timeseries. Try decreasing the query resolution (?step=XX)`,
    )
  }
  return { startMs, endMs, stepMs }
}

/** Undefined without one, and for 0: no limit. */
export function limitOf(params: URLSearchParams, name = 'limit'): number | undefined {
  const text = params.get(name)
  if (!text) return undefined
  if (!/^[+-]?\d{1,15}$/.test(text))
    throw invalidParameter(name, `cannot parse ${JSON.stringify(text)} as a whole number`)
  const limit = Number(text)
  if (limit < 0) throw invalidParameter(name, 'limit must be non-negative')
  return limit === 0 ? undefined : limit
}

/** Milliseconds; undefined where the server's own are to be used. */
export function timeoutOf(params: URLSearchParams): number | undefined {
  const text = params.get('timeout')
  if (!text) return undefined
  const ms = parseDuration(text, 'timeout')
  if (ms <= 0) throw invalidParameter('timeout', `it must be more than nothing: ${JSON.stringify(text)}`)
  return ms
}

export function lookbackOf(params: URLSearchParams): number | undefined {
  const text = params.get('lookback_delta')
  if (!text) return undefined
  const ms = parseDuration(text, 'lookback_delta')
  return ms > 0 ? ms : undefined
}

/** `?pushdown=off` answers with the evaluator alone. */
export function pushdownOf(params: URLSearchParams): boolean {
  return params.get('pushdown') !== 'off'
}

export function queryOf(params: URLSearchParams): string {
  return params.get('query') ?? ''
}
