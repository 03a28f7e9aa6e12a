import { GirokError } from '../../model/errors.ts'

/**
 * Parameters of Loki's HTTP API. Rules and texts follow Loki 3: a timestamp is a float in seconds, an integer of up to ten
 * digits in seconds, a longer integer in nanoseconds, or RFC 3339; a step is a number of seconds or a Prometheus duration.
 */

const NS_PER_SECOND = 1_000_000_000n
const DEFAULT_SINCE_NS = 3_600n * NS_PER_SECOND
const UINT32_MAX = 4_294_967_295

export interface TimeRange {
  readonly startNs: bigint
  readonly endNs: bigint
}

/** Parses one timestamp; `name` is the parameter it came from. */
export function parseTimestamp(value: string, name: string): bigint {
  if (/^-?\d+\.\d+$/.test(value)) return BigInt(Math.round(Number(value) * 1e3)) * 1_000_000n
  if (/^-?\d+$/.test(value)) return value.length <= 10 ? BigInt(value) * NS_PER_SECOND : BigInt(value)
  const rfc = parseRfc3339(value)
  if (rfc === undefined) {
    throw new GirokError(
      'bad_request',
      `cannot parse ${name}=${JSON.stringify(value)} as a time: use RFC 3339, Unix seconds or Unix nanoseconds`,
    )
  }
  return rfc
}

const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/

function parseRfc3339(value: string): bigint | undefined {
  const match = RFC3339.exec(value)
  if (!match) return undefined
  const [, date, time, fraction = '', zone] = match
  const ms = Date.parse(`${date}T${time}${zone?.toUpperCase()}`)
  if (Number.isNaN(ms)) return undefined
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

const UNIT_NS: Readonly<Record<string, bigint>> = {
  ms: 1_000_000n,
  s: NS_PER_SECOND,
  m: 60n * NS_PER_SECOND,
  h: 3_600n * NS_PER_SECOND,
  d: 86_400n * NS_PER_SECOND,
  w: 604_800n * NS_PER_SECOND,
  y: 31_536_000n * NS_PER_SECOND,
}

/** A Prometheus duration (`1m30s`, `500ms`; no fractions) in nanoseconds, or undefined. */
export function parsePrometheusDuration(value: string): bigint | undefined {
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(value)) return undefined
  let total = 0n
  for (const [, digits, unit] of value.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    total += BigInt(digits ?? '0') * (UNIT_NS[unit ?? ''] ?? 0n)
  }
  return total
}

/** Seconds as a float, or a Prometheus duration. */
function parseStep(value: string, name: string): bigint {
  if (/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value)) {
    const seconds = Number(value)
    if (Math.abs(seconds) > 9e9) throw new GirokError('bad_request', `${name}=${value} is out of range`)
    return BigInt(Math.round(seconds * 1e9))
  }
  const duration = parsePrometheusDuration(value)
  if (duration === undefined) {
    throw new GirokError(
      'bad_request',
      `cannot parse ${name}=${JSON.stringify(value)} as a duration: use seconds or a duration such as 1m30s`,
    )
  }
  return duration
}

/** `start`, `end`, `since`. Without them: the last hour. */
export function parseRange(params: URLSearchParams, nowMs: number): TimeRange {
  const nowNs = BigInt(Math.round(nowMs)) * 1_000_000n
  const end = params.get('end')
  const endNs = end ? parseTimestamp(end, 'end') : nowNs
  const since = params.get('since')
  let sinceNs = DEFAULT_SINCE_NS
  if (since) {
    const parsed = parsePrometheusDuration(since)
    if (parsed === undefined) {
      throw new GirokError('bad_request', `cannot parse since=${JSON.stringify(since)} as a duration such as 1h`)
    }
    sinceNs = parsed
  }
  const start = params.get('start')
  const startNs = start ? parseTimestamp(start, 'start') : (endNs < nowNs ? endNs : nowNs) - sinceNs
  if (endNs < startNs) {
    throw new GirokError('bad_request', 'end timestamp must not be before or equal to start time')
  }
  return { startNs, endNs }
}

/** `step`, defaulting to a 250th of the range, at least a second. */
export function parseStepParameter(params: URLSearchParams, range: TimeRange): bigint {
  const step = params.get('step')
  if (!step) {
    const wholeSeconds = (range.endNs - range.startNs) / (250n * NS_PER_SECOND)
    return (wholeSeconds > 1n ? wholeSeconds : 1n) * NS_PER_SECOND
  }
  const stepNs = parseStep(step, 'step')
  if (stepNs <= 0n) {
    throw new GirokError(
      'bad_request',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    )
  }
  return stepNs
}

export function parseInterval(params: URLSearchParams): bigint {
  const interval = params.get('interval')
  if (!interval) return 0n
  const intervalNs = parseStep(interval, 'interval')
  if (intervalNs < 0n) throw new GirokError('bad_request', 'interval must be >= 0')
  return intervalNs
}

/** A positive 32-bit count. */
export function parseLimit(params: URLSearchParams, name: string, fallback: number): number {
  const value = params.get(name)
  if (!value) return fallback
  if (!/^[+-]?\d+$/.test(value)) {
    throw new GirokError('bad_request', `cannot parse ${name}=${JSON.stringify(value)}: it must be a whole number`)
  }
  const limit = Number(value)
  if (limit <= 0) throw new GirokError('bad_request', `${name} must be a positive value`)
  if (limit > UINT32_MAX) throw new GirokError('bad_request', `${name}=${value} is out of range`)
  return limit
}

export function parseDirection(params: URLSearchParams): 'forward' | 'backward' {
  const value = params.get('direction')
  if (!value) return 'backward'
  const lower = value.toLowerCase()
  if (lower !== 'forward' && lower !== 'backward') {
    throw new GirokError('bad_request', `invalid direction '${value}': use forward or backward`)
  }
  return lower
}

export function requireQuery(params: URLSearchParams): string {
  const query = params.get('query')
  if (!query) throw new GirokError('bad_request', 'the parameter query is missing: give a LogQL query')
  return query
}

/** A size such as `600MB` must be there. */
export function requireSize(params: URLSearchParams, name: string): void {
  const value = params.get(name)
  if (!value) throw new GirokError('bad_request', `missing ${name}: give a size such as 600MB`)
  if (!/^\d+\s*(?:[kmgtpe]?b?)$/i.test(value)) {
    throw new GirokError('bad_request', `invalid ${name}: ${JSON.stringify(value)} is not a size such as 600MB`)
  }
}

/** `?pushdown=off` answers with the reference evaluator alone. */
export function parsePushdown(params: URLSearchParams): boolean {
  return params.get('pushdown') !== 'off'
}
