import type { Labels } from '../api/entry.ts'

const plainName = /^[a-zA-Z_:][\w:]*$/
const plainLabel = /^[a-zA-Z_]\w*$/

/** A text as a string of PromQL. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}

export interface WrittenMatcher {
  readonly name: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** A selector in words: `name{label="value"}`; names that are no plain words stand in quotes inside the braces. */
export function selectorText(metric: string | undefined, matchers: readonly WrittenMatcher[]): string {
  const plain = metric === undefined || plainName.test(metric)
  const parts = matchers.map(
    ({ name, op, value }) => `${plainLabel.test(name) ? name : quoted(name)}${op}${quoted(value)}`,
  )
  if (!plain) parts.unshift(quoted(metric))
  const inside = parts.length === 0 ? '' : `{${parts.join(', ')}}`
  return `${plain ? (metric ?? '') : ''}${inside}`
}

/** The selector of one series. */
export function seriesSelector(labels: Labels): string {
  const { __name__: metric, ...others } = labels
  const matchers = Object.entries(others).map(([name, value]) => ({ name, op: '=' as const, value }))
  return selectorText(metric, matchers)
}
