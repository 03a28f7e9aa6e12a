import { byteLength } from './utf8.ts'

export type TokenKind =
  | 'error'
  | 'eof'
  | 'text'
  | 'leftDelim'
  | 'rightDelim'
  | 'space'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'complex'
  | 'assign'
  | 'declare'
  | 'pipe'
  | 'leftParen'
  | 'rightParen'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'number'
  | 'string'
  | 'rawString'
  | 'dot'
  | 'nil'
  | Keyword

export type Keyword = 'block' | 'break' | 'continue' | 'define' | 'else' | 'end' | 'if' | 'range' | 'template' | 'with'

export const KEYWORDS: ReadonlySet<string> = new Set<Keyword>([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
])

export interface Token {
  readonly kind: TokenKind
  /** The token's text; the message of an `error`. */
  readonly text: string
  /** UTF-16 offset into the source. */
  readonly at: number
  /** From 1. */
  readonly line: number
}

const SHOWN = 10

/** The token as error messages show it. */
export function showToken({ kind, text }: Token, quote: (text: string) => string): string {
  if (kind === 'eof') return 'EOF'
  if (kind === 'error') return text
  if (KEYWORDS.has(kind) || kind === 'dot' || kind === 'nil') return `<${text}>`
  if (byteLength(text) <= SHOWN) return quote(text)
  return `${quote([...text.slice(0, 2 * SHOWN)].slice(0, SHOWN).join(''))}...`
}
