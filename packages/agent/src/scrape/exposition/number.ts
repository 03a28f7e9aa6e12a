import { float64Of } from '@girok/query'

/**
 * The double of a decimal number, `NaN`, `Inf` or `+Infinity` in any case; undefined when it is none or out of range. As
 * Go reads it, but for hexadecimal numbers and underscores, which an exposition has none of.
 */
export function parseNumber(text: string): number | undefined {
  return /[pP_]/.test(text) ? undefined : float64Of(text)
}

/** Powers of ten that are doubles exactly. */
const POWERS = Array.from({ length: 16 }, (_, power) => 10 ** power)
const MOST_DIGITS = 15

/**
 * The double that the bytes from `start` to `end` mean, as {@link parseNumber} has it; undefined when they mean none.
 * Short decimals, which is nearly all, are read without making a text: as long as mantissa and power of ten are exact,
 * their quotient is the nearest double.
 */
export function readNumber(bytes: Buffer, start: number, end: number): number | undefined {
  let at = start
  const sign = bytes[at]
  if (sign === 0x2d || sign === 0x2b) at++
  let mantissa = 0
  let digits = 0
  let point = -1
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit
      digits++
    } else if (digit === -2 && point < 0) point = digits
    else return parseNumber(bytes.toString('latin1', start, end))
  }
  if (digits === 0 || digits > MOST_DIGITS) return parseNumber(bytes.toString('latin1', start, end))
  const value = point < 0 ? mantissa : mantissa / (POWERS[digits - point] as number)
  return sign === 0x2d ? -value : value
}

/**
 * A bound of a bucket or a quantile as OpenMetrics writes it: `1` is `1.0`, `1000000` is `1e+06`. Exporters differ in how
 * they write them, and series that mean the same must be the same. What is no number stays as it is.
 */
export function normalBound(text: string): string {
  const value = parseNumber(text)
  if (value === undefined) return text
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [digits, exponent] = value.toExponential().split('e') as [string, string]
  const power = Number(exponent)
  if (power < -4 || power > 5) {
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  }
  const plain = String(value)
  return plain.includes('.') ? plain : `${plain}.0`
}
