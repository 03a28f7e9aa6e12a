import type { Labels } from '@girok/query'

/** A text that is equal for equal label sets and orders them by name, then value; the shorter of two sets comes first. */
export function labelsOrder(labels: Labels): string {
  return JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).flat()).slice(0, -1)
}

/** What has labels (series, streams) in the order of them. */
export function inOrderOfLabels<T extends { readonly labels: Labels }>(series: readonly T[]): T[] {
  return series
    .map((one) => ({ one, text: labelsOrder(one.labels) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ one }) => one)
}
