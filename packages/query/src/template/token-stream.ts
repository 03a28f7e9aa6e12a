import { quoteText } from '../text/go-quote.ts'
import { TemplateSyntaxError } from './error.ts'
import { showToken, type Token, type TokenKind } from './token.ts'

/** The tokens of one source, read by all parsers of its templates in turn. */
export class TokenStream {
  private readonly name: string
  private readonly tokens: readonly Token[]
  private at = 0
  /** One behind the last token that was looked at: faults are told at its line. */
  private seen = 0
  /** Line of the action being read; 0 outside. */
  actionLine = 0

  constructor(name: string, tokens: readonly Token[]) {
    this.name = name
    this.tokens = tokens
  }

  next(): Token {
    const token = this.peek()
    if (this.at < this.tokens.length - 1) this.at++
    return token
  }

  peek(): Token {
    const token = this.tokens[this.at] as Token
    if (this.at >= this.seen) this.seen = this.at + 1
    return token
  }

  nextNonSpace(): Token {
    this.skipSpace()
    return this.next()
  }

  peekNonSpace(): Token {
    this.skipSpace()
    return this.peek()
  }

  /** A mark for `reset`, which goes back to it. */
  mark(): number {
    return this.at
  }

  reset(mark: number): void {
    this.at = mark
  }

  expect(kinds: readonly TokenKind[], context: string): Token {
    const token = this.nextNonSpace()
    if (!kinds.includes(token.kind)) this.unexpected(token, context)
    return token
  }

  unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') return this.fail(`unexpected ${showToken(token, quoteText)} in ${context}`)
    let extra = ''
    if (this.actionLine !== 0 && this.actionLine !== token.line) {
      const started = ` started at ${this.name}:${this.actionLine}`
      extra = token.text.endsWith(' action') ? started : ` in action${started}`
    }
    return this.fail(token.text + extra)
  }

  fail(reason: string): never {
    const latest = this.tokens[Math.max(this.seen - 1, 0)] as Token
    throw new TemplateSyntaxError(this.name, latest.line, reason)
  }

  private skipSpace(): void {
    while (this.peek().kind === 'space') this.next()
  }
}
