import { Lexer } from '../lex/lexer.ts'
import type { Token, TokenKind } from '../lex/tokens.ts'
import { canNameLabel, canNameMetric } from '../lex/tokens.ts'
import { endsText } from './highlight.ts'
import type { CallPlace, PromCompletionKind, TypedMatcher } from './place.ts'
import { CompletionWalk } from './walk.ts'

export interface PromCompletion {
  readonly kind: PromCompletionKind
  /** What is typed of the word or string content up to the place. */
  readonly prefix: string
  /** What a completion replaces, in UTF-16 code units of the text; `to` is exclusive. */
  readonly from: number
  readonly to: number
  /** Whether the replaced stretch is inside quotes; if not, a value must bring its own. */
  readonly quoted: boolean
  /** The metric of the selector around the place; empty when it has none or the place is in no selector. */
  readonly metric: string
  /** The label whose value is asked for; empty otherwise. */
  readonly labelName: string
  /** Whole matchers of the selector around the place. */
  readonly matchers: readonly TypedMatcher[]
  /** Words and operators of the grammar that fit here, besides names and values. */
  readonly keywords: readonly string[]
  /** The innermost call around the place, for its signature. */
  readonly call: CallPlace | undefined
}

const WORD_KINDS: ReadonlySet<TokenKind> = new Set<TokenKind>(['number', 'duration', 'bool'])
const IN_SELECTOR: ReadonlySet<PromCompletionKind> = new Set<PromCompletionKind>([
  'labelName',
  'matchOperator',
  'labelValue',
])

/** Tells what can stand at an offset (UTF-16) of a query, broken or not. Never throws; linear in time. */
export function completePromQL(text: string, offset: number): PromCompletion {
  const place = Math.max(0, Math.min(offset, text.length))
  const walk = new CompletionWalk()
  const lexer = new Lexer(text)
  let taken = 0
  let token = lexer.next()
  while (!endsText(token, text) && token.end < place && !isOpenString(text, token)) {
    walk.step(token)
    taken = token.end
    token = lexer.next()
  }
  if (!endsText(token, text) && token.start < place) return atToken(text, place, token, walk)
  const gap = text.slice(taken, place)
  const inComment = gap.slice(gap.lastIndexOf('\n') + 1).includes('#')
  return describe(walk, inComment ? 'none' : walk.kind(), '', place, place)
}

function atToken(text: string, place: number, token: Token, walk: CompletionWalk): PromCompletion {
  if (token.kind === 'string' || isOpenString(text, token)) {
    const open = token.kind === 'fault'
    if (open || place < token.end) {
      const to = open ? place : token.end - 1
      const prefix = text.slice(token.start + 1, place)
      return { ...describe(walk, walk.kind(), prefix, token.start + 1, to), quoted: true }
    }
  } else if (WORD_KINDS.has(token.kind) || canNameLabel(token.kind)) {
    const kind = walk.kind()
    const literal = token.kind === 'number' || token.kind === 'duration'
    const fitting = literal && kind !== 'duration' ? 'none' : kind
    return describe(walk, fitting, text.slice(token.start, place), token.start, token.end)
  }
  walk.step(token)
  return describe(walk, walk.kind(), '', place, place)
}

function isOpenString(text: string, token: Token): boolean {
  return token.kind === 'fault' && '"\'`'.includes(text[token.start] ?? '\0')
}

function describe(
  walk: CompletionWalk,
  kind: PromCompletionKind,
  prefix: string,
  from: number,
  to: number,
): PromCompletion {
  const inSelector = IN_SELECTOR.has(kind)
  return {
    kind,
    prefix,
    from,
    to,
    quoted: false,
    metric: inSelector ? walk.metric : '',
    labelName: kind === 'labelValue' ? walk.label : '',
    matchers: inSelector ? walk.matchers : [],
    keywords: kind === 'none' ? [] : walk.keywords(),
    call: walk.call(),
  }
}

/**
 * The names of the metrics in a query, broken or not, in the order of their places, each once: what labels a grouping may
 * mean. A name that is followed by a parenthesis is a function's.
 */
export function metricNamesIn(text: string): readonly string[] {
  const names = new Set<string>()
  const walk = new CompletionWalk()
  const lexer = new Lexer(text)
  let token = lexer.next()
  while (!endsText(token, text)) {
    const following = lexer.next()
    const named = canNameMetric(token.kind) && walk.kind() === 'expression'
    const called = following.kind === '(' || following.kind === 'by' || following.kind === 'without'
    if (named && !called) names.add(token.text)
    walk.step(token)
    token = following
  }
  return [...names]
}
