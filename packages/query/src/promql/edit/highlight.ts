import { commentEnd } from '../../text/characters.ts'
import { PROM_FUNCTIONS } from '../functions.ts'
import { Lexer } from '../lex/lexer.ts'
import { KEYWORDS, QUERY_WORDS, type Token, type TokenKind, WORD_OPERATORS } from '../lex/tokens.ts'

/** What a stretch of a query is to the reader. `invalid` is what no query may contain. */
export type PromHighlightKind =
  | 'comment'
  | 'keyword'
  | 'function'
  | 'metric'
  | 'label'
  | 'string'
  | 'number'
  | 'duration'
  | 'operator'
  | 'punctuation'
  | 'invalid'

/** A stretch of a query text in UTF-16 code units; `end` is exclusive. */
export interface PromHighlightToken {
  readonly start: number
  readonly end: number
  readonly kind: PromHighlightKind
}

const OPENS_LIST: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
])
const PUNCTUATION: ReadonlySet<TokenKind> = new Set<TokenKind>(['(', ')', '{', '}', '[', ']', ',', ':'])
const WORDS: ReadonlySet<TokenKind> = new Set<TokenKind>([...KEYWORDS, ...WORD_OPERATORS])
const CALLED: ReadonlySet<TokenKind> = new Set(QUERY_WORDS)

/** Whether nothing follows; what is missing at the end of a text is a fault at its end. */
export function endsText(token: Token, text: string): boolean {
  return token.kind === 'eof' || token.start >= text.length
}

/** Splits a query, broken or not, into coloured stretches in order of their place. Never throws; linear in time. */
export function highlightPromQL(text: string): PromHighlightToken[] {
  const stretches: PromHighlightToken[] = []
  const lexer = new Lexer(text)
  let inList = false
  let before: TokenKind = 'eof'
  let inBraces = lexer.braceOpen
  let token = lexer.next()
  addComments(text, 0, endsText(token, text) ? text.length : token.start, stretches)
  while (!endsText(token, text)) {
    const nextInBraces = lexer.braceOpen
    const following = lexer.next()
    const last = endsText(following, text)
    if (token.kind === '(') inList = OPENS_LIST.has(before)
    const kind = kindOf(text, token, last ? 'eof' : following.kind, inBraces || inList)
    stretches.push({ start: token.start, end: token.end, kind })
    if (token.kind === ')') inList = false
    addComments(text, token.end, last ? text.length : following.start, stretches)
    before = token.kind
    inBraces = nextInBraces
    token = following
  }
  return stretches
}

/** The comments in a gap between tokens. */
function addComments(text: string, from: number, to: number, stretches: PromHighlightToken[]): void {
  for (let start = text.indexOf('#', from); start >= 0 && start < to; start = text.indexOf('#', start)) {
    const end = commentEnd(text, start)
    stretches.push({ start, end, kind: 'comment' })
    start = end
  }
}

function kindOf(text: string, token: Token, following: TokenKind, labels: boolean): PromHighlightKind {
  const { kind } = token
  const name = labels ? 'label' : 'metric'
  switch (kind) {
    case 'string':
    case 'number':
    case 'duration':
      return kind
    case 'fault':
      return '"\'`'.includes(text[token.start] as string) ? 'string' : 'invalid'
    case 'metricIdentifier':
      return name
    case 'identifier':
      return following === '(' && PROM_FUNCTIONS.has(token.text) ? 'function' : name
    case 'aggregation':
      return !labels && (following === '(' || OPENS_LIST.has(following)) ? 'function' : name
    default:
      if (PUNCTUATION.has(kind)) return 'punctuation'
      if (CALLED.has(kind)) return following === '(' ? 'function' : name
      if (WORDS.has(kind)) return labels ? 'label' : 'keyword'
      return 'operator'
  }
}
