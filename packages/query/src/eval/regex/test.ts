import { RE2JS } from 're2js'
import { QueryError } from '../../text/error.ts'
import { type LiteralPattern, literalPattern } from './literals.ts'

export type TextTest = (text: string) => boolean

/** RE2 syntax; a bad pattern is a parse-phase `QueryError` that says what is wrong with it. */
export function compileRe2(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw new QueryError(`parse error : ${(error as Error).message}`, 0, 0)
  }
}

/** Whether the pattern occurs anywhere in the text; a dot does not match a newline. The rule of line filters. */
export function compileSearch(pattern: string): TextTest {
  const literal = literalPattern(pattern)
  if (literal !== undefined) return searchLiteral(literal)
  const compiled = compileRe2(pattern)
  return (text) => compiled.test(text)
}

/** Whether the pattern matches the whole text; a dot matches a newline as well. The rule of label matchers. */
export function compileFullMatch(pattern: string): TextTest {
  const literal = literalPattern(pattern)
  if (literal !== undefined) return fullMatchLiteral(literal)
  compileRe2(pattern)
  const compiled = compileRe2(`^(?s:${pattern})$`)
  return (text) => compiled.test(text)
}

function searchLiteral(literal: LiteralPattern): TextTest {
  const { texts } = literal
  if (texts.includes('')) return () => true
  if (literal.ignoreCase) return caseInsensitive(texts.map(escapeForJs).join('|'))
  if (texts.length === 1) {
    const only = texts[0] as string
    return (text) => text.includes(only)
  }
  return (text) => {
    for (const part of texts) if (text.includes(part)) return true
    return false
  }
}

function fullMatchLiteral(literal: LiteralPattern): TextTest {
  const { texts, openStart, openEnd } = literal
  if (literal.ignoreCase) {
    const start = openStart ? '' : '^'
    const end = openEnd ? '' : '$'
    return caseInsensitive(`${start}(?:${texts.map(escapeForJs).join('|')})${end}`)
  }
  if (openStart || openEnd) {
    return (text) => {
      for (const part of texts) {
        if (openStart ? (openEnd ? text.includes(part) : text.endsWith(part)) : text.startsWith(part)) return true
      }
      return false
    }
  }
  if (texts.length === 1) {
    const only = texts[0] as string
    return (text) => text === only
  }
  const set = new Set(texts)
  return (text) => set.has(text)
}

/**
 * Literals only, so the host's engine runs in linear time; its `iu` flags fold case by Unicode's simple folding, as RE2
 * does, where lower-casing both sides would not (U+0130, U+017F).
 */
function caseInsensitive(source: string): TextTest {
  const compiled = new RegExp(source, 'iu')
  return (text) => compiled.test(text)
}

function escapeForJs(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
