import { regexFault } from '../../logql/regex.ts'
import type { Matcher, MatchOp, VectorSelector } from '../ast.ts'
import { canNameMetric } from '../lex/tokens.ts'
import type { Cursor } from './cursor.ts'

const MATCH_OPS = ['=', '!=', '=~', '!~'] as const
const MATCHING = 'label matching'
export const NAME_LABEL = '__name__'

/** `name`, `name{…}` or `{…}` at the cursor. */
export function parseVectorSelector(cursor: Cursor): VectorSelector {
  const { start } = cursor.token
  if (cursor.at('{')) return finishSelector(cursor, start, undefined)
  if (!canNameMetric(cursor.token.kind)) cursor.unexpected()
  const { text } = cursor.take()
  return finishSelector(cursor, start, { name: NAME_LABEL, op: '=', value: text, at: cursor.spanFrom(start) })
}

/** The rest of a selector whose name before the braces, if any, is taken. */
export function finishSelector(cursor: Cursor, start: number, outside: Matcher | undefined): VectorSelector {
  const { named, matchers } = cursor.at('{') ? parseMatchers(cursor) : { named: undefined, matchers: [] }
  return {
    kind: 'selector',
    name: (outside ?? named)?.value,
    matchers: outside === undefined ? matchers : [...matchers, outside],
    offset: undefined,
    atTime: undefined,
    extended: undefined,
    at: cursor.spanFrom(start),
  }
}

/** `{a="b", "metric.name", "c.d"=~"e",}`; `named` is the matcher that a lone string stands for. */
function parseMatchers(cursor: Cursor): { named: Matcher | undefined; matchers: readonly Matcher[] } {
  cursor.take()
  const matchers: Matcher[] = []
  let named: Matcher | undefined
  while (!cursor.at('}')) {
    const matcher = parseMatcher(cursor)
    if (matcher.lone) named ??= matcher.matcher
    matchers.push(matcher.matcher)
    if (cursor.at(',')) cursor.take()
    else if (!cursor.at('}')) cursor.unexpected(MATCHING, '"," or "}"')
  }
  cursor.take()
  return { named, matchers }
}

function parseMatcher(cursor: Cursor): { readonly matcher: Matcher; readonly lone: boolean } {
  if (!cursor.at('identifier') && !cursor.at('string')) cursor.unexpected(MATCHING, 'identifier or "}"')
  const label = cursor.take()
  const quoted = label.kind === 'string'
  const op = MATCH_OPS.find((known) => cursor.at(known))
  if (op === undefined) {
    if (!quoted) cursor.unexpected(MATCHING, 'label matching operator')
    const at = { start: label.start, end: label.end }
    return { matcher: { name: NAME_LABEL, op: '=', value: label.value, at }, lone: true }
  }
  cursor.take()
  return { matcher: finishMatcher(cursor, quoted ? label.value : label.text, op, label.start), lone: false }
}

function finishMatcher(cursor: Cursor, name: string, op: MatchOp, start: number): Matcher {
  if (!cursor.at('string')) cursor.unexpected(MATCHING, 'string')
  const { value } = cursor.take()
  if (op === '=~' || op === '!~') {
    const fault = regexFault(value)
    // The flag is ours; Prometheus sets it beside the text.
    if (fault !== undefined) cursor.fail(fault.replace('`(?s)', '`'), start)
  }
  return { name, op, value, at: cursor.spanFrom(start) }
}
