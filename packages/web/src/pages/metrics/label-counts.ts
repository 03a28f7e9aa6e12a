import type { Labels } from '../../api/entry.ts'

export interface LabelCount {
  readonly name: string
  /** Most frequent first. */
  readonly values: readonly { readonly value: string; readonly count: number }[]
}

/** Labels of series with the number of series by value; those with the fewest values first. The metric's name is none. */
export function countLabels(series: readonly Labels[]): readonly LabelCount[] {
  const labels = new Map<string, Map<string, number>>()
  for (const one of series) {
    for (const [name, value] of Object.entries(one)) {
      if (name === '__name__') continue
      let values = labels.get(name)
      if (values === undefined) {
        values = new Map()
        labels.set(name, values)
      }
      values.set(value, (values.get(value) ?? 0) + 1)
    }
  }
  return [...labels]
    .map(([name, values]) => ({
      name,
      values: [...values]
        .map(([value, count]) => ({ value, count }))
        .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)),
    }))
    .sort((a, b) => a.values.length - b.values.length || (a.name < b.name ? -1 : 1))
}
