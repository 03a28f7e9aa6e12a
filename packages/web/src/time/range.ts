import { formatNs, parseWallTime } from './zone.ts'

/** A time range as the address bar holds it: `now`, `now-15m`, or RFC 3339 in UTC. */
export interface RangeText {
  readonly from: string
  readonly to: string
}

/** A resolved range in Unix nanoseconds: `from` is inside, `to` is not. */
export interface RangeNs {
  readonly from: bigint
  readonly to: bigint
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `now` or `now-15m` → milliseconds before now; undefined for anything else. */
export function relativeMs(text: string): number | undefined {
  if (text === 'now') return 0
  const match = /^now-(\d{1,6})([smhdw])$/.exec(text)
  if (match === null) return undefined
  return Number(match[1]) * (unitMs[match[2] ?? ''] ?? Number.NaN)
}

/** Resolves one end; undefined when the text is neither relative nor a time. */
export function resolveTime(text: string, nowMs: number): bigint | undefined {
  const before = relativeMs(text)
  if (before !== undefined) return BigInt(Math.round(nowMs - before)) * 1_000_000n
  return parseWallTime(text, 'UTC')
}

/** Resolves a range; undefined when an end is not a time or the end is not after the start. */
export function resolveRange(range: RangeText, nowMs: number): RangeNs | undefined {
  const from = resolveTime(range.from, nowMs)
  const to = resolveTime(range.to, nowMs)
  if (from === undefined || to === undefined || to <= from) return undefined
  return { from, to }
}

/** RFC 3339 in UTC with as many decimals as needed (none, three or nine). */
export function isoOf(ns: bigint): string {
  const full = formatNs(ns, 'UTC', 9).replace(' ', 'T')
  if (full.endsWith('.000000000')) return `${full.slice(0, -10)}Z`
  return full.endsWith('000000') ? `${full.slice(0, -6)}Z` : `${full}Z`
}

/** The range moved by a half of its length: -1 earlier, 1 later. Always absolute. */
export function shiftRange(range: RangeNs, direction: -1 | 1): RangeText {
  const half = (range.to - range.from) / 2n
  const by = direction === 1 ? half : -half
  return { from: isoOf(range.from + by), to: isoOf(range.to + by) }
}

/** The range widened to twice its length round its middle, its end not after now. */
export function zoomOut(range: RangeNs, nowMs: number): RangeText {
  const half = (range.to - range.from) / 2n
  const now = BigInt(Math.ceil(nowMs)) * 1_000_000n
  let to = range.to + half
  if (range.to <= now && to > now) to = now
  return { from: isoOf(range.from - half), to: isoOf(to) }
}

export const presets: readonly { readonly from: string; readonly amount: number; readonly unit: string }[] = [
  { from: 'now-5m', amount: 5, unit: 'minute' },
  { from: 'now-15m', amount: 15, unit: 'minute' },
  { from: 'now-30m', amount: 30, unit: 'minute' },
  { from: 'now-1h', amount: 1, unit: 'hour' },
  { from: 'now-3h', amount: 3, unit: 'hour' },
  { from: 'now-6h', amount: 6, unit: 'hour' },
  { from: 'now-12h', amount: 12, unit: 'hour' },
  { from: 'now-1d', amount: 1, unit: 'day' },
  { from: 'now-2d', amount: 2, unit: 'day' },
  { from: 'now-7d', amount: 7, unit: 'day' },
  { from: 'now-30d', amount: 30, unit: 'day' },
]

const stepsMs: readonly number[] = [
  100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000,
  3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000, 2_592_000_000,
]

/** A round bucket width in milliseconds that makes at most `buckets` of a range. */
export function stepFor(range: RangeNs, buckets: number): number {
  const wanted = Number(range.to - range.from) / 1e6 / Math.max(1, buckets)
  return stepsMs.find((step) => step >= wanted) ?? Math.ceil(wanted / 2_592_000_000) * 2_592_000_000
}
