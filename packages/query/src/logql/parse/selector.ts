import type { Matcher, MatchOp, Selector } from '../ast.ts'
import { matchesEmpty, regexFault } from '../regex.ts'
import type { Cursor } from './cursor.ts'

const MATCH_OPS = ['=', '!=', '=~', '!~'] as const

/** The text of the refusal of a selector that would read every stream. */
const TOO_WIDE =
  'queries require at least one regexp or equality matcher that does not have an empty-compatible value. ' +
  'For instance, app=~".*" does not meet this requirement, but app=~".+" will'

/** `{name op "value", …}`; with or without matchers. */
export function parseSelectorAt(cursor: Cursor): Selector {
  const start = cursor.expect('{').start
  const matchers: Matcher[] = []
  if (!cursor.at('}')) {
    do matchers.push(parseMatcher(cursor))
    while (cursor.takeIf(','))
    if (!cursor.at('}')) cursor.unexpected(['}', ','])
  }
  cursor.take()
  return { matchers, at: cursor.spanFrom(start) }
}

export function parseMatcher(cursor: Cursor): Matcher {
  const name = cursor.expect('identifier')
  const op = MATCH_OPS.find((known) => cursor.at(known))
  if (op === undefined) {
    const hint = cursor.at('==') ? 'labels are compared by a single =' : ''
    cursor.unexpected(MATCH_OPS, hint)
  }
  cursor.take()
  return finishMatcher(cursor, name.text, op, name.start)
}

/** The value of a matcher whose name and operator are taken. */
export function finishMatcher(cursor: Cursor, name: string, op: MatchOp, start: number): Matcher {
  const value = cursor.expect('string')
  if (op === '=~' || op === '!~') {
    const fault = regexFault(value.text)
    if (fault !== undefined) cursor.fail(fault, value.start)
  }
  return { name, op, value: value.text, at: cursor.spanFrom(start) }
}

/** Refuses a selector none of whose matchers excludes the empty value. */
export function requireNarrowSelector(cursor: Cursor, selector: Selector): void {
  if (!selector.matchers.some(excludesEmpty)) cursor.fail(TOO_WIDE, selector.at.start)
}

function excludesEmpty(matcher: Matcher): boolean {
  switch (matcher.op) {
    case '=':
      return matcher.value !== ''
    case '!=':
      return matcher.value === ''
    case '=~':
      return !matchesEmpty(matcher.value)
    case '!~':
      return matchesEmpty(matcher.value)
  }
}
