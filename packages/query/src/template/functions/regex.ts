import { RE2JS } from 're2js'
import { FunctionFault } from '../error.ts'
import type { CallScope } from '../value.ts'

const REMEMBERED_PATTERNS = 100
const patterns = new Map<string, RE2JS>()

/** Patterns are arguments, known only while a template is executed, but nearly always the same. */
export function regex(pattern: string): RE2JS {
  const known = patterns.get(pattern)
  if (known !== undefined) return known
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(pattern)
  } catch (error) {
    throw new FunctionFault((error as Error).message)
  }
  if (patterns.size >= REMEMBERED_PATTERNS) patterns.clear()
  patterns.set(pattern, compiled)
  return compiled
}

/** Matching takes some hundred nanoseconds a character at worst. */
export const CHARACTERS_PER_UNIT = 4

/** `expand` writes the text that stands for one match. */
export function replaceMatches(
  pattern: string,
  value: string,
  expand: (group: (name: number | string) => string) => string,
  scope: CallScope,
): string {
  scope.spend(value.length / CHARACTERS_PER_UNIT)
  const matcher = regex(pattern).matcher(value)
  let out = ''
  let at = 0
  let lastEnd = -1
  while (matcher.find()) {
    const start = matcher.start()
    const end = matcher.end()
    // An empty match right behind another one does not count.
    if (start === end && start === lastEnd) continue
    out += value.slice(at, start) + expand((name) => matcher.group(name as number) ?? '')
    scope.checkLength(out.length)
    at = end
    lastEnd = end
  }
  return out + value.slice(at)
}

const REFERENCE = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu

/** A replacement with `$1`, `${name}` and `$$`, cut up once for all matches. */
export function expander(replacement: string, pattern: string): (group: (name: number | string) => string) => string {
  if (!replacement.includes('$')) return () => replacement
  const compiled = regex(pattern)
  const count = compiled.groupCount()
  const names = new Set(Object.keys(compiled.namedGroups()))
  const parts: (string | { readonly group: number | string })[] = []
  let at = 0
  for (const match of replacement.matchAll(REFERENCE)) {
    parts.push(replacement.slice(at, match.index))
    at = match.index + match[0].length
    const name = match[1] ?? match[2]
    if (name === undefined) parts.push('$')
    else if (/^\d+$/.test(name)) {
      if (Number(name) <= count) parts.push({ group: Number(name) })
    } else if (names.has(name)) parts.push({ group: name })
  }
  parts.push(replacement.slice(at))
  return (group) => parts.map((part) => (typeof part === 'string' ? part : group(part.group))).join('')
}
