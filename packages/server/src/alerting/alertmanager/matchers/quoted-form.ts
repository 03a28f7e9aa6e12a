import { scanString } from '@girok/query'
import { makeMatcher } from './make-matcher.ts'
import type { Matcher } from './matcher.ts'
import { MatcherFault } from './matcher-fault.ts'
import { bareEnd, blanksEnd } from './space.ts'

const OPERATOR = /=~|!=|!~|=/y

/**
 * The form with quotes, since Alertmanager 0.27: names and values in double quotes, with Go's escapes, or bare when none of
 * the reserved characters is in them. A comma may follow the last matcher.
 */
export function parseQuotedMatchers(text: string): readonly Matcher[] {
  const matchers: Matcher[] = []
  let at = blanksEnd(text, 0)
  if (at === text.length) return matchers
  const isBraced = text[at] === '{'
  if (isBraced) at = blanksEnd(text, at + 1)
  while (at < text.length && text[at] !== '}') {
    const { matcher, end } = readMatcher(text, at)
    matchers.push(matcher)
    at = blanksEnd(text, end)
    if (at === text.length || text[at] === '}') break
    if (text[at] !== ',') throw unexpected(text, at, isBraced ? 'a comma or a closing brace' : 'a comma')
    at = blanksEnd(text, at + 1)
  }
  if (isBraced && at === text.length) throw new MatcherFault('the closing brace is missing', at)
  if (!isBraced && at < text.length) throw new MatcherFault('the opening brace is missing', 0)
  const end = isBraced ? blanksEnd(text, at + 1) : at
  if (end < text.length) throw unexpected(text, end, 'the end of the text')
  return matchers
}

function readMatcher(text: string, start: number): { matcher: Matcher; end: number } {
  const name = readWord(text, start, 'the name of a label')
  OPERATOR.lastIndex = blanksEnd(text, name.end)
  const operatorAt = OPERATOR.lastIndex
  const op = OPERATOR.exec(text)?.[0]
  if (op === undefined) throw unexpected(text, operatorAt, 'an operator (=, !=, =~ or !~)')
  const valueAt = blanksEnd(text, operatorAt + op.length)
  const value = readWord(text, valueAt, 'a value')
  try {
    return { matcher: makeMatcher(name.value, op as Matcher['op'], value.value), end: value.end }
  } catch (error) {
    if (!(error instanceof MatcherFault)) throw error
    throw new MatcherFault(error.message, name.value === '' ? start : valueAt)
  }
}

function readWord(text: string, start: number, what: string): { value: string; end: number } {
  if (text[start] === '"') {
    const { value, end, fault, faultAt } = scanString(text, start)
    if (fault !== undefined) throw new MatcherFault(`${what} is not well quoted: ${fault}`, faultAt ?? start)
    // Bytes by number may make up what is no text; then the replacement character stands there, which nobody wrote.
    if (value.includes('\ufffd') && !/\ufffd|\\ufffd/i.test(text.slice(start, end))) {
      throw new MatcherFault(`${what} is not well quoted: its bytes are no UTF-8`, start)
    }
    return { value, end }
  }
  const end = bareEnd(text, start)
  if (end === start) throw unexpected(text, start, what)
  return { value: text.slice(start, end), end }
}

function unexpected(text: string, at: number, wanted: string): MatcherFault {
  if (at >= text.length) return new MatcherFault(`the text ends where ${wanted} is expected`, at)
  const found = String.fromCodePoint(text.codePointAt(at) as number)
  const hint = found === '{' || found === '}' || wanted === 'the end of the text' ? '' : ': quote what holds it'
  return new MatcherFault(`${wanted} is expected, not ${JSON.stringify(found)}${hint}`, at)
}
