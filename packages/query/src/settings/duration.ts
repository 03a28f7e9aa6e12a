const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

const FACTORS = new Map<string, number>([['y', 365 * 86_400_000], ['w', 7 * 86_400_000], ...UNITS])
const SHAPE = /^(?:\d+(?:\.\d+)?(?:ms|y|w|d|h|m|s))+$/
const PART = /(\d+(?:\.\d+)?)(ms|y|w|d|h|m|s)/g

/**
 * Milliseconds of a duration such as `100ms`, `7d`, `30d1h`, `1.5s`; `0` needs no unit. Every other number does: a
 * retention of `30` that was meant as days and read as milliseconds would delete everything.
 * @throws RangeError that says what a duration may look like
 */
export function parseDuration(value: string | number): number {
  const text = String(value).trim()
  if (text === '0') return 0
  if (!SHAPE.test(text)) {
    const unit = /^\d+(\.\d+)?$/.test(text) ? 'without a unit' : 'not a duration'
    throw new RangeError(`${unit}: write for example 100ms, 30s, 7d or 30d1h`)
  }
  let total = 0
  for (const [, digits, unit] of text.matchAll(PART)) total += Number(digits) * (FACTORS.get(unit ?? '') ?? 0)
  const ms = Math.round(total)
  if (!Number.isSafeInteger(ms)) throw new RangeError('a duration as long as this cannot be counted in milliseconds')
  return ms
}

/** The shortest text of whole milliseconds: `30d1h`, `0`. Reads back by {@link parseDuration} to the same number. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0'
  let text = ''
  let rest = ms
  for (const [unit, factor] of UNITS) {
    const count = Math.floor(rest / factor)
    if (count > 0) text += `${count}${unit}`
    rest -= count * factor
  }
  return text
}
