import { commentEnd, isBlank } from '../../text/characters.ts'
import { tokenAt } from '../lexer.ts'
import { FUNCTION_NAMES } from '../operations.ts'
import { RESERVED_WORDS, type Token, type TokenKind } from '../tokens.ts'

/** What a stretch of a query is to the reader. `invalid` is what no query may contain. */
export type HighlightKind =
  | 'comment'
  | 'keyword'
  | 'stage'
  | 'function'
  | 'label'
  | 'string'
  | 'number'
  | 'duration'
  | 'bytes'
  | 'range'
  | 'flag'
  | 'operator'
  | 'punctuation'
  | 'invalid'

/** A stretch of a query text in UTF-16 code units; `end` is exclusive. */
export interface HighlightToken {
  readonly start: number
  readonly end: number
  readonly kind: HighlightKind
}

const STAGES: ReadonlySet<string> = new Set(RESERVED_WORDS.slice(RESERVED_WORDS.indexOf('json')))
const KEYWORDS: ReadonlySet<string> = new Set(RESERVED_WORDS)
const FUNCTIONS: ReadonlySet<string> = new Set([...FUNCTION_NAMES, 'ip', 'bytes', 'duration', 'duration_seconds'])
const PUNCTUATION: ReadonlySet<TokenKind> = new Set<TokenKind>(['{', '}', '(', ')', ','])
const SAME_NAME: ReadonlySet<string> = new Set(['string', 'number', 'duration', 'bytes', 'range', 'flag'])

/**
 * Splits a query, broken or not, into coloured stretches in order of their place. Never throws; linear in time.
 */
export function tokenizeForHighlight(text: string): HighlightToken[] {
  const stretches: HighlightToken[] = []
  let offset = 0
  let before: TokenKind = 'end'
  let token = nextToken(text, offset, stretches)
  while (token.kind !== 'end') {
    offset = token.end
    const comments: HighlightToken[] = []
    const following = nextToken(text, offset, comments)
    const isStage = before === '|' && following.kind === 'identifier' && token.text.toLowerCase() === 'distinct'
    const kind = isStage ? 'stage' : kindOf(text, token, following.kind)
    stretches.push({ start: token.start, end: token.end, kind })
    before = token.kind
    for (const comment of comments) stretches.push(comment)
    token = following
  }
  return stretches
}

/** The token after the offset; comments on the way to it go to the list. */
function nextToken(text: string, offset: number, comments: HighlightToken[]): Token {
  let i = offset
  for (;;) {
    const code = text.charCodeAt(i)
    if (code === 0x23) {
      const end = commentEnd(text, i)
      comments.push({ start: i, end, kind: 'comment' })
      i = end
    } else if (isBlank(code)) {
      i++
    } else {
      return tokenAt(text, i)
    }
  }
}

function kindOf(text: string, token: Token, following: TokenKind): HighlightKind {
  const { kind } = token
  if (kind === 'identifier') {
    const called = following === '(' || following === 'by' || following === 'without'
    return called && FUNCTIONS.has(token.text.toLowerCase()) ? 'function' : 'label'
  }
  if (SAME_NAME.has(kind)) return kind as HighlightKind
  if (kind === 'fault') return text[token.start] === '"' || text[token.start] === '`' ? 'string' : 'invalid'
  if (STAGES.has(kind)) return 'stage'
  if (KEYWORDS.has(kind)) return 'keyword'
  return PUNCTUATION.has(kind) ? 'punctuation' : 'operator'
}
