import { isDigit } from './characters.ts'

const DECIMAL = /(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y
const PREFIXED = /0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?\d+)?|0[oObB][\d_]*/y
const HEX_FLOAT = /^0[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?[pP]([+-]?\d+)$/

/** Whether a number can start at the offset: a digit, or a point before a digit. */
export function numberStarts(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset)
  return isDigit(code) || (code === 0x2e && isDigit(text.charCodeAt(offset + 1)))
}

/** The exclusive end of the number that starts at the offset (see `numberStarts`). */
export function numberEnd(text: string, offset: number): number {
  PREFIXED.lastIndex = offset
  if (PREFIXED.test(text)) return PREFIXED.lastIndex
  DECIMAL.lastIndex = offset
  DECIMAL.test(text)
  return DECIMAL.lastIndex
}

/**
 * The value of a scanned number: decimals, exponents and hexadecimal floats with an exponent (`0x1p3`). Undefined for what
 * is no float: `0x1A`, `0o17`, `0b1`, `1_000`, and what is beyond the range of a double.
 */
export function parseFloatLiteral(literal: string): number | undefined {
  if (literal.includes('_')) return undefined
  const hex = HEX_FLOAT.exec(literal)
  if (hex !== null) return parseHexFloat(hex[1] ?? '', hex[2] ?? '', Number(hex[3]))
  if (/^0[xXoObB]/.test(literal)) return undefined
  const value = Number(literal)
  return Number.isFinite(value) ? value : undefined
}

function parseHexFloat(whole: string, fraction: string, exponent: number): number | undefined {
  if (whole.length + fraction.length === 0) return undefined
  const value = Number.parseInt(`${whole}${fraction}`, 16) * 2 ** (exponent - 4 * fraction.length)
  return Number.isFinite(value) ? value : undefined
}

/** Writes a finite number so that it scans back to the same double; negative zero keeps its sign. */
export function formatFloat(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
