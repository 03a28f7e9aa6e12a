import type { UnitName } from '@girok/server/contract'

/** What numbers measure. `ratio` is shown times a hundred, `percent` as it is. */
export type Unit = UnitName

const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
const decimal = ['', 'k', 'M', 'G', 'T', 'P']
/** Units that are a sign behind the number; larger ones take a letter for a thousand. */
const signs: Readonly<Partial<Record<Unit, { readonly sign: string; readonly scaled: boolean }>>> = {
  bits: { sign: 'bit', scaled: true },
  bitsPerSecond: { sign: 'bit/s', scaled: true },
  celsius: { sign: '°C', scaled: false },
  watts: { sign: 'W', scaled: true },
  joules: { sign: 'J', scaled: true },
  volts: { sign: 'V', scaled: false },
  amperes: { sign: 'A', scaled: false },
  hertz: { sign: 'Hz', scaled: true },
  rpm: { sign: 'rpm', scaled: false },
}
/** Seconds in one of the unit. */
const inSeconds: Readonly<Partial<Record<Unit, number>>> = {
  seconds: 1,
  milliseconds: 1e-3,
  microseconds: 1e-6,
  nanoseconds: 1e-9,
}
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
function numberText(value: number, locale: string, digits: number, decimals: number | undefined): string {
  const size = Math.abs(value)
  if (decimals === undefined && size !== 0 && size < 1e-4) return value.toExponential(Math.max(0, digits - 2))
  const compact = size >= 1e6
  const whole = !compact && size >= 10 ** (digits - 1)
  const key = `${locale} ${digits} ${compact} ${whole} ${decimals}`
  let format = formats.get(key)
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, {
      ...(decimals !== undefined
        ? { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
        : whole
          ? { maximumFractionDigits: 0 }
          : { maximumSignificantDigits: digits }),
      ...(compact ? { notation: 'compact' } : {}),
    })
    formats.set(key, format)
  }
  return format.format(value)
}

/**
 * A value with its unit, short enough for an axis. Units are signs that read the same in every language. With `decimals`,
 * exactly so many are written, 0 to 20.
 */
export function formatValue(value: number, unit: Unit, locale: string, digits = 4, decimals?: number): string {
  const number = (one: number): string => numberText(one, locale, digits, decimals)
  const sign = signs[unit]
  if (sign !== undefined) {
    const size = Math.abs(value)
    const power = sign.scaled && size >= 1000 ? Math.min(decimal.length - 1, Math.floor(Math.log10(size) / 3)) : 0
    return `${number(value / 1000 ** power)} ${decimal[power]}${sign.sign}`
  }
  switch (unit) {
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
    case 'unixMilliseconds':
      return dateText(value, locale)
    default: {
      const seconds = inSeconds[unit]
      return seconds === undefined ? number(value) : durationText(value * seconds, number)
    }
  }
}

function durationText(seconds: number, number: (one: number) => string): string {
  if (seconds === 0) return '0 s'
  // The tolerance keeps what is a millisecond but for rounding from being a thousand microseconds.
  const [size, sign] = durations.find(([one]) => Math.abs(seconds) >= one * 0.9999999) ?? [1e-9, 'ns']
  return `${number(seconds / size)} ${sign}`
}

const dates = new Map<string, Intl.DateTimeFormat>()

function dateText(ms: number, locale: string): string {
  // Dates beyond ±8.64e15 ms cannot be said.
  if (Math.abs(ms) > 8.64e15) return String(ms)
  let format = dates.get(locale)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' })
    dates.set(locale, format)
  }
  return format.format(ms)
}
