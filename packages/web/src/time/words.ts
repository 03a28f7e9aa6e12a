const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
]

// To make one costs as much as hundreds of uses, and lists have one time per row.
const formats = new Map<string, Intl.RelativeTimeFormat>()

/** "3 hours ago" in a language. */
export function relativeText(ms: number, nowMs: number, locale: string): string {
  let format = formats.get(locale)
  if (format === undefined) {
    format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
    formats.set(locale, format)
  }
  const delta = ms - nowMs
  for (const [unit, size] of units) {
    if (Math.abs(delta) >= size) return format.format(Math.trunc(delta / size), unit)
  }
  return format.format(0, 'second')
}

/** "15 minutes" in a language. */
export function amountText(amount: number, unit: string, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(amount)
}
