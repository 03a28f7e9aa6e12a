/**
 * A sample value as the API writes it: the shortest decimal that reads back as the same double, never with an exponent,
 * and `NaN`, `+Inf`, `-Inf` (Go's `FormatFloat(v, 'f', -1, 64)`).
 */
export function formatSampleValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  if (Object.is(value, -0)) return '-0'
  const text = String(value)
  const exponentAt = text.indexOf('e')
  if (exponentAt < 0) return text
  const sign = text.startsWith('-') ? '-' : ''
  const mantissa = text.slice(sign.length, exponentAt)
  const exponent = Number(text.slice(exponentAt + 1))
  const point = mantissa.indexOf('.')
  const digits = mantissa.replace('.', '')
  const pointAt = (point < 0 ? mantissa.length : point) + exponent
  if (pointAt <= 0) return `${sign}0.${'0'.repeat(-pointAt)}${digits}`
  if (pointAt >= digits.length) return sign + digits + '0'.repeat(pointAt - digits.length)
  return `${sign}${digits.slice(0, pointAt)}.${digits.slice(pointAt)}`
}
