/** Numbers as Prometheus' API writes them: what JavaScript writes, but for infinities, -0 and the width of exponents. */
export function valueText(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude >= 1e-6 && magnitude < 1e21) return String(value)
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  return wideExponent(unusualText(value))
}

/** NaN, infinities and what is written with an exponent. */
function unusualText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}

/** Go's exponents have at least two digits. */
function wideExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}

/** Values of alerts, which always have an exponent (Go's %e with as many digits as needed): `1e+00`. */
export function exponentText(value: number): string {
  if (!Number.isFinite(value)) return unusualText(value)
  return (Object.is(value, -0) ? '-' : '') + wideExponent(value.toExponential())
}

/** A time of an answer: seconds, with three digits behind the point unless they are whole. */
export function secondsText(ms: number): string {
  const whole = Math.trunc(Math.abs(ms) / 1000)
  const rest = Math.abs(ms) % 1000
  const text = rest === 0 ? String(whole) : `${whole}.${String(rest).padStart(3, '0')}`
  return ms < 0 ? `-${text}` : text
}

/** As the text format of expositions has numbers (Go's %g): an exponent below 1e-4 and from a million on. */
export function expositionText(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude >= 1e-4 && magnitude < 1e6) return String(value)
  if (value === 0 || !Number.isFinite(value)) return valueText(value)
  return wideExponent(value.toExponential())
}
