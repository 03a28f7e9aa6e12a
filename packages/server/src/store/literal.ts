/**
 * The one place where values become SQL text. chDB serialises bound parameters process-wide, so values are written as
 * literals, and only here.
 */

/** A quoted string literal. Safe for any text: quote, backslash and control characters are escaped. */
export function sqlString(value: string): string {
  let escaped = ''
  for (const char of value) {
    const code = char.codePointAt(0) as number
    if (char === "'" || char === '\\') escaped += `\\${char}`
    else if (code < 0x20 || code === 0x7f) escaped += `\\x${code.toString(16).padStart(2, '0')}`
    else escaped += char
  }
  return `'${escaped}'`
}

/** A DateTime64(9) literal from nanoseconds since the epoch; exact. */
export function sqlTimeNs(timeNs: bigint): string {
  return `fromUnixTimestamp64Nano(toInt64(${timeNs}))`
}

/** A Float64 literal, NaN and infinities included. */
export function sqlNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return `toFloat64(${value})`
}
