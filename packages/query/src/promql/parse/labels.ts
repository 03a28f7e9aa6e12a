import type { VectorMatching } from '../ast.ts'
import { canNameLabel, canNameMetric } from '../lex/tokens.ts'
import type { Cursor } from './cursor.ts'
import { takeSignedNumber } from './number.ts'

const GROUPING = 'grouping opts'

/** `(a, b, "c.d",)` of `by`, `without`, `on`, `ignoring`, `group_left`, `group_right`. */
export function parseLabelList(cursor: Cursor): readonly string[] {
  if (!cursor.at('(')) cursor.unexpected(GROUPING, '"("')
  cursor.take()
  const labels: string[] = []
  while (!cursor.at(')')) {
    labels.push(parseLabel(cursor))
    if (cursor.at(',')) cursor.take()
    else if (!cursor.at(')')) cursor.unexpected(GROUPING, '"," or ")"')
  }
  cursor.take()
  return labels
}

function parseLabel(cursor: Cursor): string {
  if (cursor.at('string')) {
    const { value, start } = cursor.take()
    if (value === '') cursor.fail('invalid label name for grouping: ""', start)
    return value
  }
  if (!canNameLabel(cursor.token.kind)) cursor.unexpected(GROUPING, 'label')
  return cursor.take().text
}

/** `by (…)` or `without (…)` at the cursor, if there is one. */
export function parseGrouping(cursor: Cursor): { without: boolean; labels: readonly string[] } | undefined {
  if (!cursor.at('by') && !cursor.at('without')) return undefined
  return { without: cursor.take().kind === 'without', labels: parseLabelList(cursor) }
}

/** What stands between a binary operator and its right side. */
export interface WrittenModifiers {
  readonly bool: boolean
  readonly matching: VectorMatching
}

/** `bool on (…) group_left (…) fill (…)`, any part of it. Whether it may stand here is checked when types are known. */
export function parseModifiers(cursor: Cursor): WrittenModifiers {
  const bool = cursor.takeIf('bool')
  const written = cursor.at('on') || cursor.at('ignoring')
  const on = written && cursor.take().kind === 'on'
  const labels = written ? parseLabelList(cursor) : []
  let cardinality: VectorMatching['cardinality'] = 'one-to-one'
  let include: readonly string[] = []
  if (written && (cursor.at('group_left') || cursor.at('group_right'))) {
    cardinality = cursor.take().kind === 'group_left' ? 'many-to-one' : 'one-to-many'
    if (cursor.at('(')) include = parseLabelList(cursor)
    else if (!followsGroup(cursor)) cursor.unexpected(GROUPING, '"("')
  }
  return { bool, matching: { cardinality, on, labels, include, ...parseFill(cursor) } }
}

function followsGroup(cursor: Cursor): boolean {
  return startsExpression(cursor) || cursor.token.kind.startsWith('fill')
}

function parseFill(cursor: Cursor): Pick<VectorMatching, 'fillLeft' | 'fillRight'> {
  if (cursor.at('fill')) {
    const value = parseFillValue(cursor)
    return { fillLeft: value, fillRight: value }
  }
  let fillLeft: number | undefined
  let fillRight: number | undefined
  for (;;) {
    if (cursor.at('fill_left') && fillLeft === undefined) fillLeft = parseFillValue(cursor)
    else if (cursor.at('fill_right') && fillRight === undefined) fillRight = parseFillValue(cursor)
    else return { fillLeft, fillRight }
  }
}

function parseFillValue(cursor: Cursor): number {
  cursor.take()
  cursor.expect('(')
  const value = takeSignedNumber(cursor)
  cursor.expect(')')
  return value
}

const STARTS: ReadonlySet<string> = new Set(['number', 'duration', 'string', '(', '{', '+', '-'])

/** Whether an expression can begin with the token at hand. */
export function startsExpression(cursor: Cursor): boolean {
  const { kind } = cursor.token
  return STARTS.has(kind) || canNameMetric(kind)
}
