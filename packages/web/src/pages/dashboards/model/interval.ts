import { type RangeNs, stepFor } from '../../../time/range.ts'

/** How often samples come by default: a step shorter than this shows nothing new. */
export const scrapeIntervalMs = 15_000
/** Records have times of their own; below a second their counts mean little. */
const leastLogStepMs = 1000
/** Pixels that one time of a chart should have at least. */
const pixelsPerStep = 3

/** Round step of a query of a panel so wide, milliseconds. */
export function stepOf(language: 'promql' | 'logql', range: RangeNs, widthPixels: number): number {
  const least = language === 'promql' ? scrapeIntervalMs : leastLogStepMs
  return Math.max(least, stepFor(range, Math.min(600, Math.max(40, Math.round(widthPixels / pixelsPerStep)))))
}

/** `$__rate_interval`: long enough that a window always holds samples, also when a scrape is late. */
export function rateIntervalMs(intervalMs: number): number {
  return Math.max(4 * scrapeIntervalMs, intervalMs + scrapeIntervalMs)
}

const units: readonly (readonly [number, string])[] = [
  [604_800_000, 'w'],
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1000, 's'],
]

/** A duration as both languages read it, in the greatest unit that is exact: `90s`, `5m`. At least 1 ms. */
export function durationText(ms: number): string {
  const whole = Math.max(1, Math.round(ms))
  for (const [size, unit] of units) if (whole % size === 0) return `${whole / size}${unit}`
  return `${whole}ms`
}

/** `30s`, `5m`, `1h` in milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d|w)$/.exec(text.trim())
  if (match === null) return undefined
  const size = match[2] === 'ms' ? 1 : units.find(([, unit]) => unit === match[2])?.[0]
  const ms = Number(match[1]) * (size ?? 0)
  return ms > 0 ? ms : undefined
}
