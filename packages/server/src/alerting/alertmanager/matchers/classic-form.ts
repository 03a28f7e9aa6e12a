import { makeMatcher } from './make-matcher.ts'
import type { Matcher } from './matcher.ts'
import { MatcherFault } from './matcher-fault.ts'
import { trimSpace } from './space.ts'

const PARTS = /^[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)[\t\n\f\r ]*([\s\S]*)$/
const END_BLANKS = /[\t\n\f\r ]+$/

/** The form before Alertmanager 0.27, of a list. Commas separate, except between double quotes. */
export function parseClassicMatchers(text: string): readonly Matcher[] {
  const from = text.startsWith('{') ? 1 : 0
  const inner = text.slice(from, text.endsWith('}') && text.length > from ? -1 : undefined)
  return separated(inner).map(parseClassicMatcher)
}

/** The same, of one matcher. */
export function parseClassicMatcher(text: string): Matcher {
  const [, name, op, rest] = PARTS.exec(text) ?? []
  if (name === undefined || op === undefined || rest === undefined) {
    throw new MatcherFault('not a matcher: write for example severity="critical"', 0)
  }
  return makeMatcher(name, op as Matcher['op'], unquoted(rest.replace(END_BLANKS, '')))
}

function separated(text: string): string[] {
  const parts: string[] = []
  let part = ''
  let isQuoted = false
  let isEscaped = false
  for (const character of text) {
    if (character === ',' && !isQuoted) {
      // A backslash before the comma goes on to count for what follows it; so it does there.
      parts.push(part)
      part = ''
      continue
    }
    if (character === '"') {
      if (!isEscaped) isQuoted = !isQuoted
      isEscaped = false
    } else {
      isEscaped = character === '\\' && !isEscaped
    }
    part += character
  }
  const last = trimSpace(part)
  if (last !== '') parts.push(last)
  return parts
}

/** The value of what was written: quotes taken off, escapes resolved; a backslash before anything else is itself. */
function unquoted(written: string): string {
  const isQuoted = written.startsWith('"')
  const body = isQuoted ? written.slice(1) : written
  let value = ''
  let isClosed = !isQuoted
  for (let i = 0; i < body.length; i++) {
    const character = body[i] as string
    if (character === '\\' && i < body.length - 1) {
      const next = body[++i] as string
      value += next === 'n' ? '\n' : next === '"' || next === '\\' ? next : `\\${next}`
    } else if (character === '"') {
      if (isClosed || i < body.length - 1) throw unescaped()
      isClosed = true
    } else {
      value += character
    }
  }
  if (!isClosed) throw unescaped()
  return value
}

function unescaped(): MatcherFault {
  return new MatcherFault('a double quote inside the value must be written as \\"', 0)
}
