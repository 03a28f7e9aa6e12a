import { float64Of } from '../text/quantity.ts'

const INT64 = 1n << 63n
const BASED = /^0(?:[xX](?:_?[\da-fA-F])+|[bB](?:_?[01])+|[oO]?(?:_?[0-7])+)$/
const DECIMAL = /^(?:0|[1-9](?:_?\d+)*)$/
/** An underscore that does not stand between digits (or behind the prefix). */
const STRAY = /(?:^|\D)_|_(?:$|\D)/
const HEX_STRAY = /(?:^|[^\da-fA-FxX])_|_(?:$|[^\da-fA-F])/
const MAX_DIGITS = 80

function magnitude(digits: string): bigint | undefined {
  // Nothing longer fits into 64 bits, unless it begins with zeros; those are cut first.
  const short = digits.length > MAX_DIGITS ? digits.replace(/^(0[xXbBoO]?)[0_]+/, '$1') : digits
  if (short.length > MAX_DIGITS) return undefined
  const plain = short.replaceAll('_', '')
  if (DECIMAL.test(short)) return BigInt(plain)
  if (!BASED.test(short)) return undefined
  if (/^0\d/.test(plain)) return BigInt(`0o${plain.slice(1)}`)
  return BigInt(plain.toLowerCase())
}

/** A signed integer of 64 bits as Go writes it: decimal, `0x`, `0o`, `0b`, a leading 0 for octal, underscores between. */
export function parseInteger(text: string): bigint | undefined {
  const negative = text.startsWith('-')
  const value = magnitude(negative || text.startsWith('+') ? text.slice(1) : text)
  if (value === undefined || value > INT64 || (value === INT64 && !negative)) return undefined
  return negative ? -value : value
}

/** As `parseInteger`, of 64 bits without a sign. */
export function parseUnsigned(text: string): bigint | undefined {
  const value = magnitude(text)
  return value === undefined || value >= 2n * INT64 ? undefined : value
}

/** A decimal integer of 64 bits, with no prefix and no underscores; undefined when it is none. */
export function parseDecimalInteger(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text) || text.length > MAX_DIGITS) return undefined
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
  return value >= INT64 || value < -INT64 ? undefined : value
}

/** A double as Go writes it (decimal, exponent, hexadecimal, inf, nan); undefined when it is none or out of range. */
export function parseFloatGo(text: string): number | undefined {
  if (!text.includes('_')) return float64Of(text)
  const stray = /^[+-]?0[xX]/.test(text) ? HEX_STRAY : STRAY
  return stray.test(text) ? undefined : float64Of(text.replaceAll('_', ''))
}
