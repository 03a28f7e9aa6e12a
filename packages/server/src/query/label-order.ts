import type { Labels, Series } from '@girok/query'

/** A text that is equal for equal label sets and orders them by name, then value. */
export function labelsOrder(labels: Labels): string {
  return JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}

/** The series in order of their labels. */
export function inOrderOfLabels(series: readonly Series[]): Series[] {
  return series
    .map((one) => ({ one, text: labelsOrder(one.labels) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ one }) => one)
}
