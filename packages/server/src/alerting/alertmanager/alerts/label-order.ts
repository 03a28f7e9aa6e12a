import { compareBytes } from '../../../model/text-order.ts'

type Labels = ReadonlyMap<string, string>

/**
 * Alertmanager's order of label sets: fewer labels first, then label by label in order of names: who lacks a name that the
 * other has comes first, then the lower value.
 */
export function compareLabels(a: Labels, b: Labels): number {
  if (a.size !== b.size) return a.size - b.size
  const names = [...new Set([...a.keys(), ...b.keys()])].sort(compareBytes)
  for (const name of names) {
    const x = a.get(name)
    const y = b.get(name)
    if (x === undefined) return -1
    if (y === undefined) return 1
    const order = compareBytes(x, y)
    if (order !== 0) return order
  }
  return 0
}

/** Labels that alerts are ordered by before all others. */
const FOREMOST = ['job', 'instance'] as const

/** The order of alerts in notifications: by job, by instance (those without one last), then by all labels. */
export function compareAlerts(a: { readonly labels: Labels }, b: { readonly labels: Labels }): number {
  for (const name of FOREMOST) {
    const x = a.labels.get(name)
    const y = b.labels.get(name)
    if (x === y) continue
    if (x === undefined) return 1
    if (y === undefined) return -1
    return compareBytes(x, y)
  }
  return compareLabels(a.labels, b.labels)
}
