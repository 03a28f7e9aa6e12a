import { MAX_TREE_HEIGHT } from '../../text/pratt.ts'
import type { CompareOp, LabelFilter, Span } from '../ast.ts'
import type { TokenKind } from '../tokens.ts'
import type { Cursor } from './cursor.ts'
import { finishMatcher } from './selector.ts'

const COMPARE_OPS: ReadonlyMap<TokenKind, CompareOp> = new Map([
  ['=', '=='],
  ['==', '=='],
  ['!=', '!='],
  ['>', '>'],
  ['>=', '>='],
  ['<', '<'],
  ['<=', '<='],
])
const FILTER_OPS: readonly TokenKind[] = ['=', '!=', '=~', '!~', '==', '>', '>=', '<', '<=']

/** A filter and how high its tree is. */
interface Built {
  readonly filter: LabelFilter
  readonly height: number
}

/**
 * `a="1" and b>2 or (c=3ms)`. `and` binds tighter than `or`. A comma or plain juxtaposition also means `and`, but takes
 * everything to its right as its right side: `a, b or c` is `a and (b or c)`, as LogQL's own grammar resolves it.
 */
export function parseLabelFilter(cursor: Cursor): LabelFilter {
  return parseFilterTree(cursor).filter
}

function parseFilterTree(cursor: Cursor): Built {
  // Alternatives of conjunctions, one such list for each stretch between commas (or juxtapositions).
  const stretches: Built[][][] = [[[parseOperand(cursor)]]]
  for (;;) {
    const stretch = stretches[stretches.length - 1] as Built[][]
    if (cursor.takeIf('and')) (stretch[stretch.length - 1] as Built[]).push(parseOperand(cursor))
    else if (cursor.takeIf('or')) stretch.push([parseOperand(cursor)])
    else if (cursor.takeIf(',') || cursor.at('identifier') || cursor.at('(')) stretches.push([[parseOperand(cursor)]])
    else break
  }
  // From the right, in reverse, so that a long list of stretches is only ever appended to.
  let reversed: Built[] = []
  for (let i = stretches.length - 1; i >= 0; i--) {
    const stretch = stretches[i] as Built[][]
    const last = stretch[stretch.length - 1] as Built[]
    for (let j = last.length - 1; j >= 0; j--) reversed.push(last[j] as Built)
    if (stretch.length === 1) continue
    stretch[stretch.length - 1] = reversed.reverse()
    const alternatives = stretch.map((operands) => join(cursor, 'and', operands))
    reversed = [join(cursor, 'or', alternatives)]
  }
  return join(cursor, 'and', reversed.reverse())
}

function join(cursor: Cursor, kind: 'and' | 'or', operands: readonly Built[]): Built {
  let { filter, height } = operands[0] as Built
  for (let i = 1; i < operands.length; i++) {
    const right = operands[i] as Built
    height = Math.max(height, right.height) + 1
    if (height > MAX_TREE_HEIGHT) {
      cursor.fail(`more than ${MAX_TREE_HEIGHT} conditions joined: use one regular expression, name=~"a|b|c"`)
    }
    filter = { kind, left: filter, right: right.filter, at: joinSpan(filter.at, right.filter.at) }
  }
  return { filter, height }
}

function joinSpan(left: Span, right: Span): Span {
  return { start: left.start, end: right.end }
}

function parseOperand(cursor: Cursor): Built {
  if (cursor.at('(')) {
    cursor.enter()
    cursor.take()
    const inner = parseFilterTree(cursor)
    if (!cursor.at(')')) cursor.unexpected([')', ',', 'and', 'or'])
    cursor.take()
    cursor.leave()
    return inner
  }
  return { filter: parseComparison(cursor), height: 1 }
}

function parseComparison(cursor: Cursor): LabelFilter {
  const name = cursor.expect('identifier')
  const opToken = cursor.token
  if (!FILTER_OPS.includes(opToken.kind)) {
    const hint = cursor.at('string') || cursor.at('number') ? 'an operator such as = or > is missing' : ''
    cursor.unexpected(cursor.at('end') || hint !== '' ? [] : ['=', '!=', '=~', '!~'], hint)
  }
  cursor.take()
  const op = opToken.kind
  if (op === '=~' || op === '!~') return stringFilter(cursor, name.text, op, name.start)
  if ((op === '=' || op === '!=') && cursor.at('string')) return stringFilter(cursor, name.text, op, name.start)
  if ((op === '=' || op === '!=') && atIp(cursor)) {
    const pattern = parseIpCall(cursor)
    return { kind: 'ip', name: name.text, op, pattern, at: cursor.spanFrom(name.start) }
  }
  return parseQuantity(cursor, name.text, COMPARE_OPS.get(op) as CompareOp, name.start)
}

function stringFilter(cursor: Cursor, name: string, op: '=' | '!=' | '=~' | '!~', start: number): LabelFilter {
  const matcher = finishMatcher(cursor, name, op, start)
  return { kind: 'string', matcher, at: matcher.at }
}

function parseQuantity(cursor: Cursor, name: string, op: CompareOp, start: number): LabelFilter {
  const token = cursor.token
  if (token.kind === 'duration') {
    cursor.take()
    return { kind: 'duration', name, op, valueNs: token.ns, at: cursor.spanFrom(start) }
  }
  if (token.kind === 'bytes') {
    cursor.take()
    return { kind: 'bytes', name, op, value: token.number, text: token.text, at: cursor.spanFrom(start) }
  }
  const value = takeSignedNumber(cursor)
  if (value !== undefined) return { kind: 'number', name, op, value, at: cursor.spanFrom(start) }
  const hint = cursor.at('string') ? `${op} compares numbers, durations and sizes; texts are compared by = or =~` : ''
  cursor.unexpected(hint !== '' || atIp(cursor) ? [] : ['number', 'duration', 'bytes', 'string'], hint)
}

/** A number with or without a sign, or undefined (nothing taken) when there is none. */
export function takeSignedNumber(cursor: Cursor): number | undefined {
  if (cursor.at('number')) return cursor.take().number
  if (!cursor.at('-') && !cursor.at('+')) return undefined
  const negative = cursor.take().kind === '-'
  const value = cursor.expect('number').number
  return negative ? -value : value
}

/** Whether `ip(` is at the cursor; a label may be called ip as well. */
export function atIp(cursor: Cursor): boolean {
  return cursor.at('identifier') && cursor.token.text.toLowerCase() === 'ip' && cursor.lookahead().kind === '('
}

/** The pattern of `ip("…")`. */
export function parseIpCall(cursor: Cursor): string {
  cursor.take()
  cursor.take()
  const pattern = cursor.expect('string').text
  cursor.expect(')')
  return pattern
}
