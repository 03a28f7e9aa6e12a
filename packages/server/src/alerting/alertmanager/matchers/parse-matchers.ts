import { parseClassicMatcher, parseClassicMatchers } from './classic-form.ts'
import type { Matcher } from './matcher.ts'
import { MatcherFault } from './matcher-fault.ts'
import { parseQuotedMatchers } from './quoted-form.ts'

/**
 * Reads a list of matchers: `{severity="critical", team=~"a|b"}`, with or without braces. There are two forms, as in
 * Alertmanager: the classic one (values may be bare and hold almost anything; only `\n`, `\"` and `\\` are escapes) and
 * the one with quotes (names may be quoted, escapes are those of Go). Where a text is good in both and means different
 * things the classic form counts, so that files keep the meaning which they had.
 * @throws MatcherFault that says what is wrong and where
 */
export function parseMatchers(text: string): readonly Matcher[] {
  return eitherForm(text, parseClassicMatchers, parseQuotedMatchers)
}

/**
 * Reads one matcher: `severity="critical"`. Braces are not allowed around it.
 * @throws MatcherFault that says what is wrong and where
 */
export function parseMatcher(text: string): Matcher {
  if (text.startsWith('{')) throw new MatcherFault('no brace may stand before a single matcher', 0)
  if (text.endsWith('}')) throw new MatcherFault('no brace may stand after a single matcher', text.length - 1)
  return eitherForm(text, parseClassicMatcher, (source) => {
    const [only, ...others] = parseQuotedMatchers(source)
    if (only === undefined) throw new MatcherFault('there is no matcher: write for example severity="critical"', 0)
    if (others.length > 0) throw new MatcherFault(`one matcher is expected, these are ${others.length + 1}`, 0)
    return only
  })
}

function eitherForm<T>(text: string, classic: (text: string) => T, quoted: (text: string) => T): T {
  try {
    return classic(text)
  } catch (error) {
    if (!(error instanceof MatcherFault)) throw error
  }
  return quoted(text)
}
