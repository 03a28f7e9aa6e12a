const units: readonly (readonly [string, number])[] = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]

/** A length of time as rules write it: `1h30m`; `0s` for none. */
export function durationText(ms: number): string {
  let left = Math.round(ms)
  let text = ''
  for (const [unit, size] of units) {
    const count = Math.floor(left / size)
    if (count > 0) text += `${count}${unit}`
    left -= count * size
  }
  return text === '' ? '0s' : text
}

/** The length in milliseconds of what `durationText` writes; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  const whole = text.trim()
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(whole)) return /^0+$/.test(whole) ? 0 : undefined
  const sizes: Readonly<Record<string, number>> = { ...Object.fromEntries(units), y: 31_536_000_000 }
  let sum = 0
  for (const [, count, unit = ''] of whole.matchAll(/(\d+)(ms|[smhdwy])/g)) sum += Number(count) * (sizes[unit] ?? 0)
  return sum
}
