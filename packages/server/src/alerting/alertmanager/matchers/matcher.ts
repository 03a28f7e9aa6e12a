/** A condition on a label of an alert. A label that is not there has the value ''. */
export interface Matcher {
  readonly name: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
  /** Whether a value of the label satisfies it. Regular expressions are RE2's and anchored at both ends. */
  readonly matches: (value: string) => boolean
}

export function matchesAll(matchers: readonly Matcher[], labels: ReadonlyMap<string, string>): boolean {
  return matchers.every(({ name, matches }) => matches(labels.get(name) ?? ''))
}
