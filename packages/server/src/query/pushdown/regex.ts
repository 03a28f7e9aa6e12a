import { sqlString } from '../../store/literal.ts'
import { containsHint } from './condition.ts'

/**
 * RE2 is not one dialect: the engine's `match` lets a dot cross newlines unless told otherwise, line filters do not.
 * Flags inside the pattern still override the one set here.
 */
export function lineRegexSql(column: string, pattern: string): string {
  return `match(${column}, ${sqlString(`(?-s)${pattern}`)})`
}

/** Matchers of labels are anchored at both ends and let a dot match newlines. */
export function labelRegexSql(column: string, pattern: string): string {
  return `match(${column}, ${sqlString(`^(?s:${pattern})$`)})`
}

/**
 * Texts that every match of the pattern contains, read off its outermost concatenation: `(?i)failed \w+ from` needs
 * `failed ` and ` from`. Empty when there are none or the pattern is not understood; never a text that a match can lack.
 */
export function requiredLiterals(pattern: string): { readonly literals: readonly string[]; readonly anyCase: boolean } {
  const none = { literals: [], anyCase: false }
  const anyCase = pattern.startsWith('(?i)')
  const chars = [...(anyCase ? pattern.slice(4) : pattern)]
  const literals: string[] = []
  let run = ''
  const flush = (): void => {
    if (run !== '') literals.push(run)
    run = ''
  }
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string
    const next = chars[i + 1]
    if (char === '|') return none
    if (char === '(') {
      if (next === '?' && chars[i + 2] !== ':' && chars[i + 2] !== 'P') return none
      const end = groupEnd(chars, i)
      if (end < 0) return none
      i = end
      flush()
    } else if (char === '[') {
      const end = classEnd(chars, i)
      if (end < 0) return none
      i = end
      flush()
    } else if (char === '\\') {
      // Letters and digits after a backslash are classes, anchors or codes of several characters.
      if (next === undefined || /[A-Za-z0-9]/.test(next)) {
        if (next === undefined || !/[dDwWsSbBAz]/.test(next)) return none
        flush()
      } else if (quantified(chars[i + 2])) {
        flush()
      } else run += next
      i++
    } else if ('*+?{}'.includes(char)) {
      if (char === '{') {
        const end = chars.indexOf('}', i)
        if (end < 0) return none
        i = end
      }
      flush()
    } else if ('.^$)]'.includes(char)) flush()
    else if (quantified(next)) flush()
    else run += char
  }
  flush()
  return { literals, anyCase }
}

/** What the n-gram index can say about lines that match; undefined when it cannot help. */
export function regexHint(pattern: string): string | undefined {
  const { literals, anyCase } = requiredLiterals(pattern)
  const hints = (anyCase ? literals.flatMap(foldingPieces) : literals).flatMap((literal) => containsHint(literal) ?? [])
  if (hints.length === 0) return undefined
  return hints.length === 1 ? (hints[0] as string) : `(${hints.join(' AND ')})`
}

/**
 * Ignoring case, `k` also matches the Kelvin sign and `s` the long s, which the engine's lower() leaves alone; letters
 * beyond ASCII have foldings of their own. What is left of a literal between such letters is safe to look up.
 */
function foldingPieces(literal: string): string[] {
  return literal.split(/[kKsS]|[^\0-\x7f]/u).filter((piece) => piece !== '')
}

function quantified(next: string | undefined): boolean {
  return next === '*' || next === '+' || next === '?' || next === '{'
}

/** Index of the parenthesis that closes the one at `start`; -1 when it is not found. */
function groupEnd(chars: readonly string[], start: number): number {
  let depth = 0
  for (let i = start; i < chars.length; i++) {
    const char = chars[i]
    if (char === '\\') {
      if (chars[i + 1] === 'Q') return -1
      i++
    } else if (char === '[') {
      const end = classEnd(chars, i)
      if (end < 0) return -1
      i = end
    } else if (char === '(') depth++
    else if (char === ')' && --depth === 0) return i
  }
  return -1
}

/** Index of the bracket that closes the character class at `start`; -1 when it is not found. */
function classEnd(chars: readonly string[], start: number): number {
  let i = start + 1
  if (chars[i] === '^') i++
  if (chars[i] === ']') i++
  for (; i < chars.length; i++) {
    const char = chars[i]
    if (char === '\\') i++
    else if (char === '[' && chars[i + 1] === ':') {
      const end = chars.indexOf(']', i + 2)
      if (end < 0) return -1
      i = end
    } else if (char === ']') return i
  }
  return -1
}
