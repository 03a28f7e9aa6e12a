import { identifierEnd, identifierStarts, isDigit, skipBlanksAndComments } from '../text/characters.ts'
import { parseDurationLiteral, parseOrderedDuration } from '../text/duration.ts'
import { numberEnd, numberStarts, parseFloatLiteral } from '../text/number-literal.ts'
import { scanString } from '../text/string-literal.ts'
import { parseByteSize } from './byte-size.ts'
import { type Punctuation, reservedWord, type Token, type TokenKind } from './tokens.ts'

// Bounded: a run is read again from each number in it, which must not make broken texts quadratic.
const MAX_RUN = 64
const DURATION_RUN = /[\d.nuµμmshdwy]{1,65}/y
const SIZE_RUN = /[\d.BikKMGTP]{1,65}/y
const RANGE = /\[([^[\]{}()"'`|\n]*)\]/y
const FLAG = /--(?:strict|keep-empty)(?![\w-])/y

/** The token at or after the offset, past blanks and comments. A text that is no token gives a `fault`, never an exception. */
export function tokenAt(text: string, offset: number): Token {
  const start = skipBlanksAndComments(text, offset)
  if (start >= text.length) return plain('end', start, start)
  if (identifierStarts(text, start)) return word(text, start)
  if (numberStarts(text, start)) return numeric(text, start, start)
  const character = text[start] as string
  switch (character) {
    case '"':
    case "'":
    case '`':
      return quoted(text, start)
    case '[':
      return range(text, start)
    case '-':
      return minus(text, start)
    case '{':
    case '}':
    case '(':
    case ')':
    case ',':
    case '+':
    case '*':
    case '/':
    case '%':
    case '^':
      return plain(character, start, start + 1)
    case '=':
      return choose(text, start, '=', '=', '==', '~', '=~')
    case '>':
      return choose(text, start, '>', '=', '>=')
    case '<':
      return choose(text, start, '<', '=', '<=')
    case '|':
      return choose(text, start, '|', '=', '|=', '~', '|~', '>', '|>')
    case '!':
      return bang(text, start)
    default:
      return unknown(text, start)
  }
}

function plain(kind: TokenKind, start: number, end: number): Token {
  return { kind, start, end, text: '', number: 0, ns: 0n, faultAt: start }
}

function fault(start: number, end: number, message: string, faultAt = start): Token {
  return { kind: 'fault', start, end, text: message, number: 0, ns: 0n, faultAt }
}

function word(text: string, start: number): Token {
  const end = identifierEnd(text, start)
  const name = text.slice(start, end)
  return { kind: reservedWord(name) ?? 'identifier', start, end, text: name, number: 0, ns: 0n, faultAt: start }
}

function quoted(text: string, start: number): Token {
  if (text[start] === "'") {
    return fault(start, scanString(text, start).end, 'single quotes are not for strings: write "…" or `…`')
  }
  const scanned = scanString(text, start)
  if (scanned.fault !== undefined) return fault(start, scanned.end, scanned.fault, scanned.faultAt)
  return { kind: 'string', start, end: scanned.end, text: scanned.value, number: 0, ns: 0n, faultAt: start }
}

/** A number, duration or size whose digits begin at `digits` (after a sign that belongs to it). */
function numeric(text: string, start: number, digits: number): Token {
  const end = numberEnd(text, digits)
  if (end < text.length) {
    const duration = durationToken(text, start, digits, end)
    if (duration !== undefined) return duration
    SIZE_RUN.lastIndex = digits
    SIZE_RUN.test(text)
    const sizeEnd = SIZE_RUN.lastIndex
    if (sizeEnd > end && sizeEnd - digits <= MAX_RUN) {
      const bytes = parseByteSize(text.slice(digits, sizeEnd))
      if (bytes !== undefined) {
        return {
          kind: 'bytes',
          start,
          end: sizeEnd,
          text: text.slice(start, sizeEnd),
          number: bytes,
          ns: 0n,
          faultAt: start,
        }
      }
    }
  }
  const literal = text.slice(digits, end)
  const value = parseFloatLiteral(literal)
  if (value === undefined) return fault(start, end, `unable to parse literal as a float: ${literal}`)
  return { kind: 'number', start, end, text: '', number: value, ns: 0n, faultAt: start }
}

function durationToken(text: string, start: number, digits: number, end: number): Token | undefined {
  DURATION_RUN.lastIndex = digits
  DURATION_RUN.test(text)
  const runEnd = DURATION_RUN.lastIndex
  if (runEnd <= end || runEnd - digits > MAX_RUN) return undefined
  const ns = parseDurationLiteral(text.slice(start, runEnd))
  return ns === undefined
    ? undefined
    : { kind: 'duration', start, end: runEnd, text: '', number: 0, ns, faultAt: start }
}

function range(text: string, start: number): Token {
  RANGE.lastIndex = start
  const match = RANGE.exec(text)
  if (match === null) return fault(start, start + 1, "missing closing ']' in duration")
  const end = RANGE.lastIndex
  const parsed = parseOrderedDuration(match[1] as string)
  if ('fault' in parsed) return fault(start, end, parsed.fault)
  return { kind: 'range', start, end, text: '', number: 0, ns: parsed.ns, faultAt: start }
}

function minus(text: string, start: number): Token {
  FLAG.lastIndex = start
  if (FLAG.test(text)) {
    const end = FLAG.lastIndex
    return { kind: 'flag', start, end, text: text.slice(start, end), number: 0, ns: 0n, faultAt: start }
  }
  if (isDigit(text.charCodeAt(start + 1)) || numberStarts(text, start + 1)) {
    const duration = durationToken(text, start, start + 1, numberEnd(text, start + 1))
    if (duration !== undefined) return duration
  }
  return plain('-', start, start + 1)
}

/** The longer operator whose second character follows, or the short one. */
function choose(text: string, start: number, short: Punctuation, ...longer: string[]): Token {
  const next = text[start + 1]
  for (let i = 0; i < longer.length; i += 2) {
    if (next === longer[i]) return plain(longer[i + 1] as Punctuation, start, start + 2)
  }
  return plain(short, start, start + 1)
}

function bang(text: string, start: number): Token {
  switch (text[start + 1]) {
    case '=':
      return plain('!=', start, start + 2)
    case '~':
      return plain('!~', start, start + 2)
    case '>':
      return plain('!>', start, start + 2)
    default:
      return fault(start, start + 1, 'unexpected character "!": did you mean != or !~?')
  }
}

function unknown(text: string, start: number): Token {
  const point = text.codePointAt(start) as number
  const character = String.fromCodePoint(point)
  const end = start + character.length
  if (point >= 0xd800 && point <= 0xdfff) return fault(start, end, 'invalid UTF-8 encoding')
  const code = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`
  if (/\p{Z}|\p{C}/u.test(character)) return fault(start, end, `unexpected invisible character ${code}: remove it`)
  if (character === '“' || character === '”')
    return fault(start, end, 'typographic quotes are not for strings: write "…"')
  return fault(start, end, `unexpected character ${JSON.stringify(character)}`)
}
