/** What numbers measure. `ratio` is shown times a hundred, `percent` as it is. */
export type Unit = 'none' | 'perSecond' | 'bytes' | 'bytesPerSecond' | 'seconds' | 'percent' | 'ratio'

const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
const durations: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
  [1e-9, 'ns'],
]

const formats = new Map<string, Intl.NumberFormat>()

/** At most `digits` significant digits, whole numbers in full below a million, short words above. */
function numberText(value: number, locale: string, digits: number): string {
  const size = Math.abs(value)
  if (size !== 0 && size < 1e-4) return value.toExponential(Math.max(0, digits - 2))
  const compact = size >= 1e6
  const whole = !compact && size >= 10 ** (digits - 1)
  const key = `${locale} ${digits} ${compact} ${whole}`
  let format = formats.get(key)
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, {
      ...(whole ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: digits }),
      ...(compact ? { notation: 'compact' } : {}),
    })
    formats.set(key, format)
  }
  return format.format(value)
}

/** A value with its unit, short enough for an axis. Units are signs that read the same in every language. */
export function formatValue(value: number, unit: Unit, locale: string, digits = 4): string {
  const number = (one: number): string => numberText(one, locale, digits)
  switch (unit) {
    case 'none':
      return number(value)
    case 'perSecond':
      return `${number(value)}/s`
    case 'percent':
      return `${number(value)} %`
    case 'ratio':
      return `${number(value * 100)} %`
    case 'bytes':
    case 'bytesPerSecond': {
      const size = Math.abs(value)
      const power = size < 1024 ? 0 : Math.min(binary.length - 1, Math.floor(Math.log2(size) / 10))
      const text = `${number(value / 1024 ** power)} ${binary[power]}`
      return unit === 'bytes' ? text : `${text}/s`
    }
    case 'seconds': {
      if (value === 0) return '0 s'
      // The tolerance keeps what is a millisecond but for rounding from being a thousand microseconds.
      const [size, sign] = durations.find(([one]) => Math.abs(value) >= one * 0.9999999) ?? [1e-9, 'ns']
      return `${number(value / size)} ${sign}`
    }
  }
}
