/**
 * A float as Python's str() writes it, so that ids made of it agree with those of Python programs: the shortest digits
 * that read back the same (as in JavaScript), `.0` for whole numbers, an exponent below 1e-4 and from 1e16 on, of two
 * digits at least.
 */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const size = Math.abs(value)
  if (size < 1e-4 || size >= 1e16) {
    const [digits, exponent] = value.toExponential().split('e') as [string, string]
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
  }
  const text = String(value)
  return text.includes('.') ? text : `${text}.0`
}

/** As Python's `{value:.4f}`: ties go to the even digit, where toFixed goes up (0.03125 → 0.0312). */
export function pythonFixed(value: number, digits: number): string {
  // Callers without types; a message is no place to throw.
  if (typeof value !== 'number') return String(value)
  if (!Number.isFinite(value)) return pythonFloat(value)
  const rounded = value.toFixed(digits)
  // toFixed is exact up to 100 digits: only a tie has a 5 and then nothing but zeros behind the wanted digits.
  const rest = value.toFixed(100).slice(-(100 - digits))
  if (!/^50*$/.test(rest)) return rounded
  const down = value
    .toFixed(100)
    .slice(0, -(100 - digits))
    .replace(/\.$/, '')
  return Number(down.at(-1)) % 2 === 0 ? down : rounded
}
