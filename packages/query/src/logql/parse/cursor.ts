import { queryErrorAt } from '../../text/position.ts'
import { MAX_NESTING } from '../../text/pratt.ts'
import type { Span } from '../ast.ts'
import { tokenAt } from '../lexer.ts'
import { type Token, type TokenKind, tokenName } from '../tokens.ts'

/** The place of a parser in its text: the token at hand and one of lookahead. */
export class Cursor {
  readonly text: string
  token: Token
  /** The exclusive end of the last token taken. */
  lastEnd = 0
  private ahead: Token | undefined
  private depth = 0

  constructor(text: string) {
    this.text = text
    this.token = tokenAt(text, 0)
    this.refuseFault()
  }

  /** The token after the one at hand. A fault there is reported when it is reached. */
  lookahead(): Token {
    this.ahead ??= tokenAt(this.text, this.token.end)
    return this.ahead
  }

  at(kind: TokenKind): boolean {
    return this.token.kind === kind
  }

  take(): Token {
    const taken = this.token
    this.lastEnd = taken.end
    this.token = this.ahead ?? tokenAt(this.text, taken.end)
    this.ahead = undefined
    if (this.token.kind === 'fault') this.refuseFault()
    return taken
  }

  takeIf(kind: TokenKind): boolean {
    if (this.token.kind !== kind) return false
    this.take()
    return true
  }

  expect(kind: TokenKind, hint = ''): Token {
    if (this.token.kind !== kind) this.unexpected([kind], hint)
    return this.take()
  }

  spanFrom(start: number): Span {
    return { start, end: this.lastEnd }
  }

  /** Throws for the token at hand: what it is, what could stand there, how to mend it. */
  unexpected(expected: readonly TokenKind[], hint = ''): never {
    const names = expected.map(tokenName)
    const wanted = names.length === 0 || names.length > 6 ? '' : `, expecting ${names.join(' or ')}`
    this.fail(`syntax error: unexpected ${this.describe()}${wanted}${this.hintFor(expected, hint)}`)
  }

  /** Throws at the start of the token at hand, or at the given offset. */
  fail(message: string, offset = this.token.start): never {
    throw queryErrorAt(this.text, offset, message)
  }

  /** Counts one level of nesting; bounded so that no text can exhaust the stack. */
  enter(): void {
    if (++this.depth > MAX_NESTING) this.fail(`the query is nested more than ${MAX_NESTING} levels deep`)
  }

  leave(): void {
    this.depth--
  }

  private describe(): string {
    const { kind, start, end } = this.token
    switch (kind) {
      case 'identifier': {
        const name = this.token.text.toLowerCase()
        // A function or ip before its parenthesis is a word of the grammar, not a name.
        return this.lookahead().kind === '(' ? name : `IDENTIFIER ${this.excerpt(start, end)}`
      }
      case 'string':
      case 'number':
      case 'duration':
      case 'bytes':
      case 'range':
        return `${tokenName(kind)} ${this.excerpt(start, end)}`
      default:
        return tokenName(kind)
    }
  }

  private excerpt(start: number, end: number): string {
    return end - start > 40 ? `${this.text.slice(start, start + 40)}…` : this.text.slice(start, end)
  }

  private hintFor(expected: readonly TokenKind[], hint: string): string {
    if (hint !== '') return `: ${hint}`
    const { kind, text } = this.token
    if (expected.includes('string') && kind === 'identifier' && this.lookahead().kind !== '(') {
      return `: put the text in quotes: "${text}"`
    }
    if (expected.includes('identifier') && text !== '' && kind === text.toLowerCase()) {
      return `: ${kind} is a reserved word and cannot be a label name here`
    }
    return ''
  }

  private refuseFault(): void {
    if (this.token.kind === 'fault') this.fail(this.token.text, this.token.faultAt)
  }
}
