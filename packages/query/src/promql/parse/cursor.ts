import { MAX_NESTING, MAX_TREE_HEIGHT } from '../../text/pratt.ts'
import type { Span } from '../ast.ts'
import { Lexer } from '../lex/lexer.ts'
import { describeToken, type Token, type TokenKind } from '../lex/tokens.ts'
import { promErrorAt } from './error.ts'

/** Where a token that does not fit is reported from: ` in offset, expected number, …`. */
interface Context {
  readonly name: string
  readonly expected: string
}

const NOWHERE: Context = { name: '', expected: '' }

/**
 * The place of a parser in its text. Tokens are read when they are looked at, no sooner: of two faults the one that
 * Prometheus' parser meets first must win, and it too reads ahead only where it has to.
 */
export class Cursor {
  readonly text: string
  /** The exclusive end of the last token taken. */
  lastEnd = 0
  private readonly lexer: Lexer
  private held: Token | undefined
  private readonly contexts: Context[] = [NOWHERE]
  private depth = 0

  constructor(text: string) {
    this.text = text
    this.lexer = new Lexer(text)
  }

  /** The token at hand. Throws when there is none but a fault. */
  get token(): Token {
    if (this.held === undefined) {
      this.held = this.lexer.next()
      if (this.held.kind === 'fault') this.fail(this.held.text, this.held.faultAt)
    }
    return this.held
  }

  at(kind: TokenKind): boolean {
    return this.token.kind === kind
  }

  take(): Token {
    const taken = this.token
    this.lastEnd = taken.end
    this.held = undefined
    return taken
  }

  takeIf(kind: TokenKind): boolean {
    if (this.token.kind !== kind) return false
    this.take()
    return true
  }

  expect(kind: TokenKind): Token {
    if (this.token.kind !== kind) this.unexpected()
    return this.take()
  }

  spanFrom(start: number): Span {
    return { start, end: this.lastEnd }
  }

  /** Parses with a context of its own: what does not fit inside is reported as unexpected in it. */
  within<T>(name: string, expected: string, parse: () => T): T {
    this.contexts.push({ name, expected })
    const result = parse()
    this.contexts.pop()
    return result
  }

  /** Throws for the token at hand, in the innermost context or the given one. */
  unexpected(name?: string, expected = ''): never {
    const context = name === undefined ? (this.contexts.at(-1) as Context) : { name, expected }
    let message = `unexpected ${describeToken(this.token)}`
    if (context.name !== '') message += ` in ${context.name}`
    if (context.expected !== '') message += `, expected ${context.expected}`
    return this.fail(message)
  }

  /** Throws at the start of the token at hand, or at the given offset. */
  fail(message: string, offset = this.token.start): never {
    throw promErrorAt(this.text, offset, message)
  }

  /** Counts one level of nesting; bounded so that no text can exhaust the stack. */
  enter(): void {
    if (++this.depth > MAX_NESTING) this.fail(`the query is nested more than ${MAX_NESTING} levels deep`)
  }

  leave(): void {
    this.depth--
  }

  /** Refuses trees that recursive walks could not survive. */
  checkHeight(height: number): void {
    if (height > MAX_TREE_HEIGHT) this.tooHigh()
  }

  tooHigh(): never {
    return this.fail(`more than ${MAX_TREE_HEIGHT} operators in one chain`)
  }
}
