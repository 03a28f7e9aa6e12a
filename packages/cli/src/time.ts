import { UsageError } from './failure.ts'

const UNIT_NS: Readonly<Record<string, bigint>> = {
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
}

/** Nanoseconds of `90s`, `1h30m`, `7d`. */
export function durationNs(text: string, flag: string): bigint {
  if (!/^(\d+(ms|s|m|h|d|w))+$/.test(text)) {
    throw new UsageError(`${flag} ${text}: write a duration such as 15m, 1h30m or 7d`)
  }
  let total = 0n
  for (const [, digits, unit] of text.matchAll(/(\d+)(ms|s|m|h|d|w)/g)) {
    total += BigInt(digits ?? 0) * (UNIT_NS[unit ?? ''] ?? 0n)
  }
  return total
}

/** Nanoseconds since the epoch of `now`, an age (`15m`), Unix seconds or nanoseconds, or an ISO 8601 time (local without a zone). */
export function timeNs(text: string, flag: string, nowMs: number): bigint {
  if (text === 'now') return BigInt(nowMs) * 1_000_000n
  if (/^\d{1,10}$/.test(text)) return BigInt(text) * 1_000_000_000n
  if (/^\d{19}$/.test(text)) return BigInt(text)
  if (/^\d+[a-z]/.test(text)) return BigInt(nowMs) * 1_000_000n - durationNs(text, flag)
  const match = /^(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/.exec(text)
  const [, whole = '', fraction = '', zone = ''] = match ?? []
  // A bare date means midnight here, as a bare time of day does; Date.parse would read it as UTC.
  const ms = match
    ? Date.parse(`${whole.length === 10 ? `${whole}T00:00` : whole.replace(' ', 'T')}${zone}`)
    : Number.NaN
  if (Number.isNaN(ms)) {
    throw new UsageError(`${flag} ${text}: write an age (15m), an ISO time (2026-01-31T09:00:00Z) or Unix seconds`)
  }
  return BigInt(ms) * 1_000_000n + BigInt((fraction.slice(1) || '0').padEnd(9, '0'))
}

/** RFC 3339 in UTC with as many digits as needed, at least milliseconds. */
export function timeText(ns: bigint): string {
  const seconds = ns / 1_000_000_000n
  const fraction = String(ns % 1_000_000_000n).padStart(9, '0')
  const digits = fraction.endsWith('000000') ? 3 : fraction.endsWith('000') ? 6 : 9
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction.slice(0, digits)}Z`
}
