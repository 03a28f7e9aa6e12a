import { tokenAt } from '../lexer.ts'
import type { Token, TokenKind } from '../tokens.ts'
import type { CompletionKind, TypedMatcher } from './place.ts'
import { CompletionWalk } from './walk.ts'

export interface CompletionContext {
  readonly kind: CompletionKind
  /** What is typed of the word or string content up to the place. */
  readonly prefix: string
  /** What a completion replaces, in UTF-16 code units of the text; `to` is exclusive. */
  readonly from: number
  readonly to: number
  /** Whether the replaced stretch is inside quotes; if not, a value must bring its own. */
  readonly quoted: boolean
  /** The label whose value is asked for; empty otherwise. */
  readonly labelName: string
  /** Whole matchers of the selector around or before the place. */
  readonly selectorSoFar: readonly TypedMatcher[]
  /** `{…} | stages` before the stage at the place, to look up which labels it yields; empty outside pipelines. */
  readonly pipelineSoFar: string
}

const WORD_KINDS: ReadonlySet<TokenKind> = new Set<TokenKind>(['identifier', 'number', 'duration', 'bytes'])

/** Tells what can stand at an offset (UTF-16) of a query, broken or not. Never throws; linear in time. */
export function completionAt(text: string, offset: number): CompletionContext {
  const place = Math.max(0, Math.min(offset, text.length))
  const walk = new CompletionWalk(text)
  let token = tokenAt(text, 0)
  let taken = 0
  while (token.kind !== 'end' && token.end < place) {
    if (isOpenString(text, token) || isOpenBracket(text, token)) break
    walk.step(token)
    taken = token.end
    token = tokenAt(text, taken)
  }
  if (token.kind !== 'end' && token.start < place) return atToken(text, place, token, walk)
  if (inComment(text, taken, place)) return context(walk, 'none', '', place, place)
  return context(walk, walk.kind(), '', place, place)
}

function atToken(text: string, place: number, token: Token, walk: CompletionWalk): CompletionContext {
  const first = text[token.start]
  if (first === '"' || first === '`') {
    const open = token.kind === 'fault'
    if (place === token.end && !open) {
      walk.step(token)
      return context(walk, walk.kind(), '', place, place)
    }
    const to = open ? place : token.end - 1
    return { ...context(walk, walk.kind(), text.slice(token.start + 1, place), token.start + 1, to), quoted: true }
  }
  if (first === '[') {
    if (token.kind === 'range' && place === token.end) {
      walk.step(token)
      return context(walk, walk.kind(), '', place, place)
    }
    const to = token.kind === 'range' ? token.end - 1 : place
    return context(walk, 'range', text.slice(token.start + 1, place), token.start + 1, to)
  }
  if (WORD_KINDS.has(token.kind) || /^[a-z]/.test(token.kind)) {
    return context(walk, walk.kind(), text.slice(token.start, place), token.start, token.end)
  }
  walk.step(token)
  return context(walk, walk.kind(), '', place, place)
}

function context(
  walk: CompletionWalk,
  kind: CompletionKind,
  prefix: string,
  from: number,
  to: number,
): CompletionContext {
  const wantsValue = kind === 'labelValue' || kind === 'parsedLabelValue'
  return {
    kind,
    prefix,
    from,
    to,
    quoted: false,
    labelName: wantsValue ? walk.label : '',
    selectorSoFar: walk.matchers,
    pipelineSoFar: walk.pipelineText(),
  }
}

function isOpenString(text: string, token: Token): boolean {
  return token.kind === 'fault' && (text[token.start] === '"' || text[token.start] === '`')
}

function isOpenBracket(text: string, token: Token): boolean {
  return token.kind === 'fault' && text[token.start] === '['
}

/** Whether a comment reaches from the blanks after `from` over the place. */
function inComment(text: string, from: number, place: number): boolean {
  const gap = text.slice(from, place)
  return gap.slice(gap.lastIndexOf('\n') + 1).includes('#')
}
