import { quoteRune } from '../../text/go-quote.ts'
import { type ScannedString, scanString } from '../../text/string-literal.ts'

const ESCAPE_DIGITS: ReadonlyMap<string, { readonly count: number; readonly digit: RegExp }> = new Map([
  ['x', { count: 2, digit: /[0-9a-fA-F]/ }],
  ['u', { count: 4, digit: /[0-9a-fA-F]/ }],
  ['U', { count: 8, digit: /[0-9a-fA-F]/ }],
])
const OCTAL = { count: 3, digit: /[0-7]/ }

/** Scans a literal in `"`, `'` or backticks; faults are worded as Prometheus words them and belong to its start. */
export function scanPromString(text: string, start: number): ScannedString {
  if (text[start] === '`') {
    const close = text.indexOf('`', start + 1)
    return close < 0
      ? { end: text.length, value: '', fault: 'unterminated raw string', faultAt: start }
      : checked(text, start, { end: close + 1, value: text.slice(start + 1, close) })
  }
  const scanned = scanString(text, start)
  if (scanned.fault === undefined) return checked(text, start, scanned)
  return { end: scanned.end, value: '', fault: faultOf(text, start, scanned.end), faultAt: start }
}

function checked(text: string, start: number, scanned: ScannedString): ScannedString {
  // What arrives as broken UTF-8 has become U+FFFD on the way.
  if (!text.slice(start, scanned.end).includes('\ufffd')) return scanned
  return { end: scanned.end, value: '', fault: 'invalid UTF-8 rune', faultAt: start }
}

/** Why a quoted literal between two offsets has no value: the first broken escape, or no end. */
function faultOf(text: string, start: number, end: number): string {
  const quote = text[start] as string
  for (let i = start + 1; i < end; i++) {
    if (text[i] === '\ufffd') return 'invalid UTF-8 rune'
    if (text[i] !== '\\') continue
    const fault = escapeFault(text, i + 1, quote)
    if (fault !== undefined) return fault
    i++
  }
  return 'unterminated quoted string'
}

function escapeFault(text: string, at: number, quote: string): string | undefined {
  const letter = runeAt(text, at)
  if (letter === undefined) return 'escape sequence not terminated'
  if ('abfnrtv\\'.includes(letter) || letter === quote) return undefined
  const octal = OCTAL.digit.test(letter)
  const rule = octal ? OCTAL : ESCAPE_DIGITS.get(letter)
  if (rule === undefined) return `unknown escape sequence ${runeCode(letter)}`
  const from = octal ? at : at + 1
  for (let i = from; i < from + rule.count; i++) {
    const character = runeAt(text, i)
    if (character === undefined) return 'escape sequence not terminated'
    if (!rule.digit.test(character)) return `illegal character ${runeCode(character)} in escape sequence`
  }
  const value = Number.parseInt(text.slice(from, from + rule.count), octal ? 8 : 16)
  const beyond = rule.count <= 3 ? value > 255 : value > 0x10ffff || (value >= 0xd800 && value < 0xe000)
  return beyond ? 'escape sequence is an invalid Unicode code point' : undefined
}

function runeAt(text: string, at: number): string | undefined {
  const point = text.codePointAt(at)
  return point === undefined ? undefined : String.fromCodePoint(point)
}

function runeCode(rune: string): string {
  const code = (rune.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')
  const printed = quoteRune(rune)
  // Characters that cannot be shown are named by their code alone.
  return printed.startsWith("'\\") && rune !== '\\' && rune !== "'" ? `U+${code}` : `U+${code} '${rune}'`
}
