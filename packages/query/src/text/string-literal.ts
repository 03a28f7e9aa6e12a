/** A scanned string literal: `end` is exclusive. `fault` says why it has no value. */
export interface ScannedString {
  readonly end: number
  readonly value: string
  readonly fault?: string
  /** Where the fault is; the start of the literal for an unterminated one. */
  readonly faultAt?: number
}

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
])

const HEX_ESCAPE_LENGTH: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])

const BACKSLASH = 0x5c
const NEWLINE = 0x0a
const utf8 = new TextDecoder()

/**
 * Scans the literal that starts at the offset with `"`, `'` or a backtick. Escapes are those of Go: `\n \t \\ \" \x1b \u00e9
 * \U0001f600 \033`. A backtick literal has no escapes and may span lines.
 */
export function scanString(text: string, start: number): ScannedString {
  const quote = text.charCodeAt(start)
  if (quote === 0x60) return scanRaw(text, start)
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === quote) return { end: i + 1, value: text.slice(start + 1, i) }
    if (code === BACKSLASH) return scanEscaped(text, start, i)
    if (code === NEWLINE) return unterminated(start, i)
  }
  return unterminated(start, text.length)
}

function scanRaw(text: string, start: number): ScannedString {
  const close = text.indexOf('`', start + 1)
  if (close < 0) return unterminated(start, text.length)
  // A carriage return in a raw literal is dropped, as in Go, so that queries saved with CRLF mean the same.
  const value = text.slice(start + 1, close)
  return { end: close + 1, value: value.includes('\r') ? value.replaceAll('\r', '') : value }
}

function scanEscaped(text: string, start: number, firstEscape: number): ScannedString {
  const quote = text[start] as string
  const parts = [text.slice(start + 1, firstEscape)]
  let bytes: number[] = []
  let fault: string | undefined
  let faultAt: number | undefined
  const flushBytes = () => {
    if (bytes.length > 0) parts.push(utf8.decode(Uint8Array.from(bytes)))
    bytes = []
  }
  let i = firstEscape
  while (i < text.length) {
    const character = text[i] as string
    if (character === quote) {
      flushBytes()
      return fault === undefined || faultAt === undefined
        ? { end: i + 1, value: parts.join('') }
        : { end: i + 1, value: '', fault, faultAt }
    }
    if (character === '\n') break
    if (character !== '\\') {
      flushBytes()
      let run = i + 1
      while (run < text.length && !isStop(text.charCodeAt(run), quote.charCodeAt(0))) run++
      parts.push(text.slice(i, run))
      i = run
      continue
    }
    const read = readEscape(text, i, quote)
    if (read.kind === 'fault') {
      fault ??= read.message
      faultAt ??= i
    } else if (read.kind === 'byte') {
      bytes.push(read.value)
    } else {
      flushBytes()
      parts.push(read.value)
    }
    i = read.end
  }
  return unterminated(start, i)
}

function isStop(code: number, quote: number): boolean {
  return code === quote || code === BACKSLASH || code === NEWLINE
}

type Escape =
  | { readonly kind: 'text'; readonly value: string; readonly end: number }
  | { readonly kind: 'byte'; readonly value: number; readonly end: number }
  | { readonly kind: 'fault'; readonly message: string; readonly end: number }

function readEscape(text: string, at: number, quote: string): Escape {
  const letter = text[at + 1]
  if (letter === undefined || letter === '\n') return { kind: 'fault', message: 'invalid char escape', end: at + 1 }
  const simple = letter === quote ? quote : SIMPLE_ESCAPES.get(letter)
  if (simple !== undefined) return { kind: 'text', value: simple, end: at + 2 }
  const hexLength = HEX_ESCAPE_LENGTH.get(letter)
  if (hexLength !== undefined) {
    const digits = text.slice(at + 2, at + 2 + hexLength)
    if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length < hexLength) return badEscape(letter, at)
    const value = Number.parseInt(digits, 16)
    const end = at + 2 + hexLength
    if (hexLength === 2) return { kind: 'byte', value, end }
    if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return badEscape(letter, at)
    return { kind: 'text', value: String.fromCodePoint(value), end }
  }
  const octal = /^[0-7]{3}/.exec(text.slice(at + 1, at + 4))
  if (octal === null) return badEscape(letter, at)
  const value = Number.parseInt(octal[0], 8)
  return value > 255 ? badEscape(letter, at) : { kind: 'byte', value, end: at + 4 }
}

function badEscape(letter: string, at: number): Escape {
  const message = `invalid char escape \\${letter}: double the backslash, or write the text in backticks, where it is literal`
  return { kind: 'fault', message, end: at + 2 }
}

function unterminated(start: number, end: number): ScannedString {
  return { end, value: '', fault: 'literal not terminated', faultAt: start }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a raw literal should not show.
const NOT_RAW = /[`\x00-\x1f\x7f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what needs escaping.
const NEEDS_ESCAPE = /["\\\x00-\x1f\x7f]/g
const ESCAPES_OF: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

/** Writes a string literal that scans back to the value: in backticks where that saves escaping, in double quotes otherwise. */
export function quoteString(value: string): string {
  if ((value.includes('\\') || value.includes('"')) && !NOT_RAW.test(value)) return `\`${value}\``
  return quoteDouble(value)
}

/** Writes a double-quoted literal that scans back to the value. */
export function quoteDouble(value: string): string {
  const escaped = value.replace(
    NEEDS_ESCAPE,
    (character) => ESCAPES_OF.get(character) ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  return `"${escaped}"`
}
