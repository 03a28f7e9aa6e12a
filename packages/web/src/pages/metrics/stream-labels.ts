import type { Labels } from '../../api/entry.ts'

/** The labels that all of these have, with one and the same value. */
export function sharedLabels(series: readonly Labels[]): Labels {
  const [first, ...others] = series
  const shared = Object.entries(first ?? {}).filter(([name, value]) => others.every((one) => one[name] === value))
  return Object.fromEntries(shared)
}

/** A LogQL selector of the labels that streams have with these very values; undefined when there is none. */
export function streamSelector(labels: Labels, values: ReadonlyMap<string, readonly string[]>): string | undefined {
  const found = Object.entries(labels).filter(([name, value]) => values.get(name)?.includes(value) === true)
  if (found.length === 0) return undefined
  return `{${found.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`
}
