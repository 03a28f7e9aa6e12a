import { quoteText } from '@girok/query'
import type { Matcher } from './matcher.ts'
import { RESERVED } from './space.ts'

type Printable = Pick<Matcher, 'name' | 'op' | 'value'>

/**
 * As Alertmanager prints it: `severity="critical"`; the name in quotes, and Go's escapes in both, when the name holds a
 * reserved character. What is printed reads back to the same matcher.
 */
export function printMatcher({ name, op, value }: Printable): string {
  if (RESERVED.test(name)) return `${quoteText(name)}${op}${quoteText(value)}`
  return `${name}${op}"${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`
}

/** `{a="b",c=~"d"}`, as in group keys. */
export function printMatchers(matchers: readonly Printable[]): string {
  return `{${matchers.map(printMatcher).join(',')}}`
}

const OPERATORS: readonly Matcher['op'][] = ['=', '!=', '=~', '!~']

/** Alertmanager's order: by name, then value (both by bytes), then operator. */
export function compareMatchers(a: Printable, b: Printable): number {
  return (
    Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)) ||
    Buffer.compare(Buffer.from(a.value), Buffer.from(b.value)) ||
    OPERATORS.indexOf(a.op) - OPERATORS.indexOf(b.op)
  )
}
