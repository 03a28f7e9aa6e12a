import { compileMatcher, QueryError } from '@girok/query'
import type { Matcher } from './matcher.ts'
import { MatcherFault } from './matcher-fault.ts'

/** Labels of alerts stand in no query text. */
const NOWHERE = { start: 0, end: 0 }

/**
 * A matcher of its parts.
 * @throws MatcherFault when the name is empty or the pattern is no regular expression of RE2
 */
export function makeMatcher(name: string, op: Matcher['op'], value: string): Matcher {
  if (name === '') throw new MatcherFault('a matcher needs the name of a label', 0)
  const pattern = op === '=~' || op === '!~' ? dotStops(value) : value
  try {
    return { name, op, value, matches: compileMatcher({ name, op, value: pattern, at: NOWHERE }) }
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    const reason = error.message.replaceAll(pattern, value).replace(/^parse error : /, '')
    throw new MatcherFault(`the value of ${name}${op} is no regular expression: ${reason}`, 0)
  }
}

/**
 * In Alertmanager a dot does not match a line feed, unlike in queries. Patterns without a dot stay as they are, so that
 * plain alternatives are looked up in a set; those with brackets may be good only inside the ones that Alertmanager adds.
 */
function dotStops(pattern: string): string {
  return /[.()]/.test(pattern) ? `(?-s:${pattern})` : pattern
}
