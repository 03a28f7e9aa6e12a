import { isPrintable, quoteText } from '../text/go-quote.ts'
import { KEYWORDS, type Token, type TokenKind } from './token.ts'

const LEFT = '{{'
const RIGHT = '}}'
const TRAILING_SPACE = ' \t\r\n'
const WORD = /[\p{L}\p{Nd}_]*/uy
const SPACES = /[ \t\r\n]*/y
const TERMINATOR = /$|[ \t\r\n.,|:()]|\}\}/y
const QUOTED = /"(?:[^"\\\n]|\\[^\n])*"/y
const CHARACTER = /'(?:[^'\\\n]|\\[^\n])*'/y
const DIGITS = { decimal: /[\d_]*/y, hex: /[\da-fA-F_]*/y, octal: /[0-7_]*/y, binary: /[01_]*/y }

const PUNCTUATION: ReadonlyMap<string, TokenKind> = new Map([
  ['=', 'assign'],
  ['|', 'pipe'],
])

/** Cuts a template into tokens. A fault is a last token of kind `error`; otherwise the last one is `eof`. */
export function lex(source: string): Token[] {
  const lexer = new Lexer(source)
  lexer.run()
  return lexer.tokens
}

class Lexer {
  readonly tokens: Token[] = []
  private readonly source: string
  private at = 0
  /** Where the token begins that is being read, and its line. */
  private start = 0
  private line = 1
  private parens = 0
  /** The next line break at or after `start`. */
  private newline: number

  constructor(source: string) {
    this.source = source
    this.newline = source.indexOf('\n')
  }

  run(): void {
    while (this.text() && this.action()) {
      // Text and actions take turns until one of them is the last.
    }
  }

  /** Reads text up to an action, and the action's opening or a whole comment. False at the end. */
  private text(): boolean {
    const { source } = this
    for (;;) {
      const open = source.indexOf(LEFT, this.at)
      if (open < 0) {
        this.at = source.length
        if (this.at > this.start) this.emit('text')
        this.emit('eof')
        return false
      }
      const trims = this.opensTrimmed(open + LEFT.length)
      this.at = open
      if (trims) while (this.at > this.start && TRAILING_SPACE.includes(source[this.at - 1] as string)) this.at--
      if (this.at > this.start) this.emit('text')
      this.skipTo(open)
      this.at = open + LEFT.length
      const inside = this.at + (trims ? 2 : 0)
      if (!source.startsWith('/*', inside)) {
        this.emit('leftDelim')
        this.skipTo(inside)
        this.parens = 0
        return true
      }
      this.skipTo(inside)
      if (!this.comment()) return false
    }
  }

  private opensTrimmed(at: number): boolean {
    return this.source[at] === '-' && isSpace(this.source[at + 1])
  }

  private comment(): boolean {
    const close = this.source.indexOf('*/', this.at + 2)
    if (close < 0) return this.fail('unclosed comment')
    const delim = this.rightDelimAt(close + 2)
    if (delim === 0) return this.fail('comment ends before closing delimiter')
    this.at = close + 2 + delim
    if (delim > RIGHT.length) this.at = endOf(SPACES, this.source, this.at)
    this.skipTo(this.at)
    return true
  }

  /** Length of the closing delimiter at the offset, its trim marker included; 0 when there is none. */
  private rightDelimAt(at: number): number {
    const { source } = this
    if (isSpace(source[at]) && source[at + 1] === '-' && source.startsWith(RIGHT, at + 2)) return 2 + RIGHT.length
    return source.startsWith(RIGHT, at) ? RIGHT.length : 0
  }

  /** Reads tokens up to and including the closing delimiter. False after a fault. */
  private action(): boolean {
    for (;;) {
      const delim = this.rightDelimAt(this.at)
      if (delim > 0) {
        if (this.parens > 0) return this.fail('unclosed left paren')
        this.closeAction(delim)
        return true
      }
      if (!this.insideToken()) return false
    }
  }

  private closeAction(delim: number): void {
    const trims = delim > RIGHT.length
    if (trims) this.skipTo(this.at + 2)
    this.at += RIGHT.length
    this.emit('rightDelim')
    if (trims) this.skipTo(endOf(SPACES, this.source, this.at))
  }

  private insideToken(): boolean {
    const { source } = this
    const character = source[this.at]
    if (character === undefined) return this.fail('unclosed action')
    if (isSpace(character)) {
      this.at = endOf(SPACES, source, this.at)
      // The last blank may belong to a trimming delimiter.
      if (source[this.at] === '-' && source.startsWith(RIGHT, this.at + 1)) this.at--
      if (this.at > this.start) this.emit('space')
      return true
    }
    const punctuation = PUNCTUATION.get(character)
    if (punctuation !== undefined) return this.emitLength(punctuation, 1)
    switch (character) {
      case ':':
        return source[this.at + 1] === '=' ? this.emitLength('declare', 2) : this.fail('expected :=')
      case '"':
        return this.literal(QUOTED, 'string', 'unterminated quoted string')
      case "'":
        return this.literal(CHARACTER, 'charConstant', 'unterminated character constant')
      case '`': {
        const close = source.indexOf('`', this.at + 1)
        if (close < 0) return this.fail('unterminated raw quoted string')
        return this.emitLength('rawString', close + 1 - this.at)
      }
      case '$':
        return this.name('variable', 'variable')
      case '(':
        this.parens++
        return this.emitLength('leftParen', 1)
      case ')':
        if (--this.parens < 0) return this.fail('unexpected right paren')
        return this.emitLength('rightParen', 1)
      default:
        return this.wordOrNumber(character)
    }
  }

  private wordOrNumber(character: string): boolean {
    const next = this.source[this.at + 1]
    if (character === '.' && next !== undefined && (next < '0' || next > '9')) return this.name('field', 'dot')
    if (character === '.' || character === '+' || character === '-' || (character >= '0' && character <= '9')) {
      return this.number()
    }
    const wordEnd = endOf(WORD, this.source, this.at)
    if (wordEnd > this.at) return this.identifier(wordEnd)
    if (character > ' ' && character <= '~') return this.emitLength('char', 1)
    return this.fail(`unrecognized character in action: ${showRune(this.source, this.at)}`)
  }

  private literal(pattern: RegExp, kind: TokenKind, fault: string): boolean {
    const end = endOf(pattern, this.source, this.at)
    return end > this.at ? this.emitLength(kind, end - this.at) : this.fail(fault)
  }

  /** `.name`, `$name`, or the sign alone. */
  private name(kind: TokenKind, alone: TokenKind): boolean {
    const end = endOf(WORD, this.source, this.at + 1)
    if (!terminatesAt(this.source, end)) return this.fail(`bad character ${showRune(this.source, end)}`)
    return this.emitLength(end === this.at + 1 ? alone : kind, end - this.at)
  }

  private identifier(end: number): boolean {
    if (!terminatesAt(this.source, end)) return this.fail(`bad character ${showRune(this.source, end)}`)
    const word = this.source.slice(this.at, end)
    if (KEYWORDS.has(word)) return this.emitLength(word as TokenKind, word.length)
    if (word === 'true' || word === 'false') return this.emitLength('bool', word.length)
    return this.emitLength(word === 'nil' ? 'nil' : 'identifier', word.length)
  }

  private number(): boolean {
    const end = this.endOfNumber(this.at)
    if (end < 0) return this.fail(`bad number syntax: ${quoteText(this.source.slice(this.at, -end))}`)
    const sign = this.source[end]
    if (sign !== '+' && sign !== '-') return this.emitLength('number', end - this.at)
    const second = this.endOfNumber(end)
    if (second < 0 || this.source[second - 1] !== 'i') {
      return this.fail(`bad number syntax: ${quoteText(this.source.slice(this.at, Math.abs(second)))}`)
    }
    return this.emitLength('complex', second - this.at)
  }

  /** The end of what may be a number; negated, one character further, when a word goes on right behind it. */
  private endOfNumber(from: number): number {
    const { source } = this
    let at = from
    if (source[at] === '+' || source[at] === '-') at++
    let digits = DIGITS.decimal
    if (source[at] === '0') {
      at++
      const base = source[at]?.toLowerCase()
      if (base === 'x') digits = DIGITS.hex
      else if (base === 'o') digits = DIGITS.octal
      else if (base === 'b') digits = DIGITS.binary
      if (digits !== DIGITS.decimal) at++
    }
    at = endOf(digits, source, at)
    if (source[at] === '.') at = endOf(digits, source, at + 1)
    const exponent = source[at]?.toLowerCase()
    if ((digits === DIGITS.decimal && exponent === 'e') || (digits === DIGITS.hex && exponent === 'p')) {
      at++
      if (source[at] === '+' || source[at] === '-') at++
      at = endOf(DIGITS.decimal, source, at)
    }
    if (source[at] === 'i') at++
    const wordEnd = endOf(WORD, source, at)
    if (wordEnd === at) return at
    return -(at + ((source.codePointAt(at) as number) > 0xffff ? 2 : 1))
  }

  private emitLength(kind: TokenKind, length: number): boolean {
    this.at += length
    this.emit(kind)
    return true
  }

  private emit(kind: TokenKind): void {
    const text = kind === 'eof' ? 'EOF' : this.source.slice(this.start, this.at)
    this.tokens.push({ kind, text, at: this.start, line: this.line })
    this.skipTo(this.at)
  }

  /** Moves on without a token. */
  private skipTo(at: number): void {
    // Looked for once and kept: a search per token would make a long last line cost the square of its length.
    while (this.newline >= 0 && this.newline < at) {
      this.line++
      this.newline = this.source.indexOf('\n', this.newline + 1)
    }
    this.start = at
    this.at = at
  }

  private fail(message: string): false {
    this.tokens.push({ kind: 'error', text: message, at: this.start, line: this.line })
    return false
  }
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n'
}

function endOf(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(source) ? pattern.lastIndex : at
}

function terminatesAt(source: string, at: number): boolean {
  TERMINATOR.lastIndex = at
  return TERMINATOR.test(source)
}

/** A character as faults show it: `U+0040 '@'`. */
function showRune(source: string, at: number): string {
  const code = source.codePointAt(at) ?? 0xfffd
  const character = String.fromCodePoint(code)
  const hex = code.toString(16).toUpperCase().padStart(4, '0')
  return isPrintable(character) ? `U+${hex} '${character}'` : `U+${hex}`
}
