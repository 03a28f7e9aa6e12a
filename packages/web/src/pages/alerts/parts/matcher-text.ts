import type { SilenceMatcher } from '../../../api/alertmanager.ts'

export const matcherOps = ['=', '!=', '=~', '!~'] as const
export type MatcherOp = (typeof matcherOps)[number]

/** A condition on one label, as forms hold it. */
export interface LabelMatcher {
  readonly name: string
  readonly op: MatcherOp
  readonly value: string
}

type Labels = Readonly<Record<string, string>>

export function matcherOf({ name, value, isRegex, isEqual = true }: SilenceMatcher): LabelMatcher {
  return { name, op: isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=', value }
}

export function writtenMatcher({ name, op, value }: LabelMatcher): SilenceMatcher {
  return { name, value, isRegex: op.endsWith('~'), isEqual: op.startsWith('=') }
}

/** `name="value"` */
export function matcherText({ name, op, value }: LabelMatcher): string {
  return `${/^[a-zA-Z_:][\w:]*$/.test(name) ? name : JSON.stringify(name)}${op}${JSON.stringify(value)}`
}

/** Reads what `matcherText` writes; quotes round the value may be missing. Undefined for anything else. */
export function readMatcher(text: string): LabelMatcher | undefined {
  const match = /^\s*("(?:[^"\\]|\\.)*"|[^\s"=~!]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s.exec(text)
  if (match === null) return undefined
  const [, name = '', op, value = ''] = match
  const [plainName, plainValue] = [unquoted(name), unquoted(value)]
  if (plainName === undefined || plainName === '' || plainValue === undefined) return undefined
  return { name: plainName, op: op as MatcherOp, value: plainValue }
}

function unquoted(text: string): string | undefined {
  if (!text.startsWith('"')) return text
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** Labels as matchers that hold for them alone. */
export function matchersOfLabels(labels: Labels): LabelMatcher[] {
  return Object.entries(labels).map(([name, value]) => ({ name, op: '=', value }))
}

/** Whether labels meet all matchers; undefined when a pattern cannot be read. A label that is missing is empty. */
export function meets(matchers: readonly LabelMatcher[], labels: Labels): boolean | undefined {
  try {
    return matchers.every(({ name, op, value }) => {
      const own = labels[name] ?? ''
      const same = op.endsWith('~') ? new RegExp(`^(?:${value})$`, 'su').test(own) : own === value
      return op.startsWith('=') ? same : !same
    })
  } catch {
    return undefined
  }
}

/** Labels written one a line, or separated by commas: `name=value` or `name="value"`. Undefined when one is no label. */
export function readLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {}
  for (const part of partsOf(text)) {
    const matcher = readMatcher(part)
    if (matcher === undefined || matcher.op !== '=') return undefined
    labels[matcher.name] = matcher.value
  }
  return labels
}

/** Matchers in braces or without, separated by commas: `{name="value", other=~"a|b"}`. What is none is left out. */
export function readMatchers(text: string): readonly LabelMatcher[] {
  return partsOf(text).flatMap((part) => readMatcher(part) ?? [])
}

/** What stands between commas and ends of lines outside of quotes. */
function partsOf(text: string): readonly string[] {
  const inside = text.trim().replace(/^\{(.*)\}$/s, '$1')
  const parts: readonly string[] = inside.match(/(?:"(?:[^"\\]|\\.)*"|[^,\n"])+/g) ?? []
  return parts.filter((part) => part.trim() !== '')
}
