import { quoteText } from '../text/go-quote.ts'
import { scanString } from '../text/string-literal.ts'
import { parseFloatGo, parseInteger, parseUnsigned } from './numbers.ts'
import type { Token } from './token.ts'

/** What a number in a template can be read as; undefined where it cannot. */
export interface Constant {
  readonly int?: bigint | undefined
  readonly uint?: bigint | undefined
  readonly float?: number | undefined
}

const INT64 = 1n << 63n
const LOOKS_FLOAT = /[.eEpP]/

/** Reads a number token, or tells why it is none. */
export function readConstant({ kind, text }: Token): Constant | string {
  if (kind === 'charConstant') return readCharacter(text)
  if (kind === 'complex' || text.endsWith('i')) return 'complex numbers are not supported'
  let uint = parseUnsigned(text)
  let int = parseInteger(text)
  if (int === 0n) uint = 0n
  if (int !== undefined || uint !== undefined) return { int, uint, float: Number(int ?? uint) }
  const float = parseFloatGo(text)
  if (float === undefined) return `illegal number syntax: ${quoteText(text)}`
  if (!LOOKS_FLOAT.test(text)) return `integer overflow: ${quoteText(text)}`
  if (Number.isInteger(float)) {
    const whole = BigInt(float)
    if (whole >= -INT64 && whole < INT64) int = whole
    if (whole >= 0n && whole < 2n * INT64) uint = whole
  }
  return { int, uint, float }
}

function readCharacter(text: string): Constant | string {
  const content = text.slice(1, -1)
  if (content === '') return 'invalid syntax'
  const scanned = scanString(text, 0)
  if (scanned.fault !== undefined) return 'invalid syntax'
  const byte = /^\\(?:x([\da-fA-F]{2})|([0-7]{3}))$/.exec(content)
  if (byte !== null) {
    const value = byte[1] === undefined ? Number.parseInt(byte[2] as string, 8) : Number.parseInt(byte[1], 16)
    return character(value)
  }
  const runes = [...scanned.value]
  if (runes.length !== 1) return `malformed character constant: ${text}`
  return character((runes[0] as string).codePointAt(0) as number)
}

function character(code: number): Constant {
  return { int: BigInt(code), uint: BigInt(code), float: code }
}

/** The text of a quoted or raw string token, or undefined when its escapes are wrong. */
export function readString(token: Token): string | undefined {
  const scanned = scanString(token.text, 0)
  return scanned.fault === undefined ? scanned.value : undefined
}
