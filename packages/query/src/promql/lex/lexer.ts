import { commentEnd, isBlank, isDigit } from '../../text/characters.ts'
import { quoteRune, quoteText } from '../../text/go-quote.ts'
import { numberStarts } from '../../text/number-literal.ts'
import { scanNumberOrDuration } from './number.ts'
import { scanPromString } from './string.ts'
import { type Token, type TokenKind, wordKind } from './tokens.ts'

// Bounded: a run of letters is read again from each of them, which must not make broken texts quadratic.
const BRACKET_WORD = /[A-Za-z_]{1,8}(?![A-Za-z_])/y
const BRACKET_WORDS: ReadonlySet<TokenKind> = new Set<TokenKind>(['step', 'range', 'min_of', 'max_of'])
const ARITHMETIC = '+-*/%^'
const NO_RUNE = '\ufffd'

function isAlpha(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f
}

/**
 * Splits a text into tokens, one at a time. What a character may be depends on the braces and brackets around it, as in
 * Prometheus. A text that is no token gives a `fault`, never an exception; the tokens after it are guesses.
 */
export class Lexer {
  readonly text: string
  /** Whether the next token stands in the braces of a selector. */
  braceOpen = false
  /** Whether the next token stands in the brackets of a range. */
  bracketOpen = false
  private pos = 0
  private parenDepth = 0
  private gotColon = false
  private gotDuration = false
  /** Between `[` and the first number after it, where less is allowed than later. */
  private inDuration = false

  constructor(text: string) {
    this.text = text
  }

  next(): Token {
    const { text } = this
    let start = this.pos
    for (;;) {
      const code = text.charCodeAt(start)
      if (isBlank(code)) start++
      else if (code === 0x23 && !(this.inDuration && !this.braceOpen)) start = commentEnd(text, start)
      else break
    }
    const token = start >= text.length ? this.endOfText() : this.tokenAt(start)
    this.pos = token.end
    return token
  }

  private tokenAt(start: number): Token {
    if (this.braceOpen) return this.insideBraces(start)
    return this.inDuration ? this.insideDuration(start) : this.statement(start)
  }

  private endOfText(): Token {
    const end = this.text.length
    if (this.braceOpen) return this.fault(end, end, 'unexpected end of input inside braces')
    if (this.inDuration) return this.fault(end, end, 'unexpected end of input in duration expression')
    if (this.parenDepth > 0) return this.fault(end, end, 'unclosed left parenthesis')
    if (this.bracketOpen) return this.fault(end, end, 'unclosed left bracket')
    return this.plain('eof', end, end)
  }

  private statement(start: number): Token {
    const { text } = this
    const code = text.charCodeAt(start)
    const character = text[start] as string
    if (isAlpha(code) || character === ':') return this.bracketOpen ? this.inBrackets(start) : this.word(start)
    if (numberStarts(text, start)) return this.number(start)
    switch (character) {
      case '"':
      case "'":
      case '`':
        return this.string(start)
      case ',':
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
      case '^':
      case '@':
        return this.plain(character, start, start + 1)
      case '(':
      case ')':
        return this.parenthesis(start, character)
      case '=':
        if (text[start + 1] === '=') return this.plain('==', start, start + 2)
        if (text[start + 1] === '~') return this.fault(start, start + 2, "unexpected character after '=': '~'")
        return this.plain('=', start, start + 1)
      case '!':
        if (text[start + 1] === '=') return this.plain('!=', start, start + 2)
        return this.fault(start, start + 1, `unexpected character after '!': ${this.quotedRune(start + 1)}`)
      case '<':
      case '>':
        return text[start + 1] === '='
          ? this.plain(`${character}=`, start, start + 2)
          : this.plain(character, start, start + 1)
      case '{':
        this.braceOpen = true
        return this.plain('{', start, start + 1)
      case '[':
        return this.openBracket(start)
      case ']':
        if (!this.bracketOpen) return this.fault(start, start + 1, "unexpected right bracket ']'")
        this.bracketOpen = false
        return this.plain(']', start, start + 1)
      default:
        return this.strange(start, 'unexpected character: ')
    }
  }

  private insideBraces(start: number): Token {
    const { text } = this
    if (isAlpha(text.charCodeAt(start))) {
      let end = start + 1
      while (isAlpha(text.charCodeAt(end)) || isDigit(text.charCodeAt(end))) end++
      return this.plain('identifier', start, end)
    }
    switch (text[start]) {
      case ',':
        return this.plain(',', start, start + 1)
      case '"':
      case "'":
      case '`':
        return this.string(start)
      case '=':
        return text[start + 1] === '~' ? this.plain('=~', start, start + 2) : this.plain('=', start, start + 1)
      case '!':
        if (text[start + 1] === '~') return this.plain('!~', start, start + 2)
        if (text[start + 1] === '=') return this.plain('!=', start, start + 2)
        return this.fault(
          start,
          start + 1,
          `unexpected character after '!' inside braces: ${this.quotedRune(start + 1)}`,
        )
      case '{':
        return this.fault(start, start + 1, "unexpected left brace '{'")
      case '}':
        this.braceOpen = false
        return this.plain('}', start, start + 1)
      default:
        return this.strange(start, 'unexpected character inside braces: ')
    }
  }

  private insideDuration(start: number): Token {
    const { text } = this
    const character = text[start] as string
    if (numberStarts(text, start)) {
      this.gotDuration = true
      this.inDuration = false
      return this.number(start)
    }
    if (character === ']') {
      this.bracketOpen = false
      this.inDuration = false
      this.gotColon = false
      return this.plain(']', start, start + 1)
    }
    if (character === ':') return this.colonInDuration(start)
    if (character === '(' || character === ')') return this.parenthesis(start, character)
    if (character === ',' || ARITHMETIC.includes(character)) {
      return this.plain(character as '+', start, start + 1)
    }
    return this.bracketWord(start) ?? this.strange(start, 'unexpected character in duration expression: ')
  }

  private colonInDuration(start: number): Token {
    if (!this.gotDuration) {
      return this.fault(start, start + 1, 'unexpected colon before duration in duration expression', start + 1)
    }
    if (this.gotColon) {
      return this.fault(start, start + 1, 'unexpected repeated colon in duration expression', start + 1)
    }
    this.gotColon = true
    return this.plain(':', start, start + 1)
  }

  /** A letter or colon after the first number of a range. */
  private inBrackets(start: number): Token {
    if (this.text[start] !== ':') {
      const word = this.bracketWord(start)
      return word ?? this.fault(start, start + 1, `unexpected character: ${this.quotedRune(start)}, expected ':'`)
    }
    if (this.gotColon) return this.fault(start, start + 1, "unexpected colon ':'")
    this.gotColon = true
    return this.plain(':', start, start + 1)
  }

  private bracketWord(start: number): Token | undefined {
    BRACKET_WORD.lastIndex = start
    const word = BRACKET_WORD.exec(this.text)?.[0]
    const kind = word === undefined ? undefined : wordKind(word)
    if (word === undefined || kind === undefined || !BRACKET_WORDS.has(kind)) return undefined
    this.gotDuration = true
    return this.plain(kind, start, start + word.length)
  }

  private openBracket(start: number): Token {
    if (this.bracketOpen) return this.fault(start, start + 1, "unexpected left bracket '['")
    this.bracketOpen = true
    this.inDuration = true
    this.gotColon = false
    return this.plain('[', start, start + 1)
  }

  private parenthesis(start: number, character: '(' | ')'): Token {
    if (character === '(') this.parenDepth++
    else if (this.parenDepth === 0) {
      return this.fault(start, start + 1, "unexpected right parenthesis ')'", start + 1)
    } else this.parenDepth--
    return this.plain(character, start, start + 1)
  }

  private word(start: number): Token {
    const { text } = this
    let end = start + 1
    let colon = text[start] === ':'
    for (; ; end++) {
      const code = text.charCodeAt(end)
      if (code === 0x3a) colon = true
      else if (!isAlpha(code) && !isDigit(code)) break
    }
    if (colon) return this.plain('metricIdentifier', start, end)
    const kind = wordKind(text.slice(start, end)) ?? 'identifier'
    // Young words, which must not break queries for metrics of that name.
    if (kind.startsWith('fill') && !/^[ \t\r\n]*\(/.test(text.slice(end, end + 200))) {
      return this.plain('identifier', start, end)
    }
    return this.plain(kind, start, end)
  }

  private number(start: number): Token {
    const { kind, end } = scanNumberOrDuration(this.text, start)
    if (kind !== 'fault') return this.plain(kind, start, end)
    const shown = quoteText(this.text.slice(start, end))
    return this.fault(start, Math.max(end, start + 1), `bad number or duration syntax: ${shown}`)
  }

  private string(start: number): Token {
    const { end, value, fault } = scanPromString(this.text, start)
    if (fault !== undefined) return this.fault(start, end, fault)
    return { kind: 'string', start, end, text: this.text.slice(start, end), value, faultAt: start }
  }

  private strange(start: number, message: string): Token {
    const point = this.text.codePointAt(start) as number
    return this.fault(start, start + (point > 0xffff ? 2 : 1), `${message}${this.quotedRune(start)}`)
  }

  private quotedRune(at: number): string {
    const point = this.text.codePointAt(at)
    return quoteRune(point === undefined ? NO_RUNE : String.fromCodePoint(point))
  }

  private plain(kind: TokenKind, start: number, end: number): Token {
    return { kind, start, end, text: this.text.slice(start, end), value: '', faultAt: start }
  }

  private fault(start: number, end: number, message: string, faultAt = start): Token {
    return { kind: 'fault', start, end, text: message, value: '', faultAt }
  }
}
