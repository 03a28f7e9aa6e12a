import { quoteText } from '@girok/query'
import type { RouteNode } from '../config/alertmanager-config.ts'

/** The labels of an alert that its group is made by; those that it does not have are left out. */
export function groupLabelsOf(
  route: Pick<RouteNode, 'groupBy'>,
  labels: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const { groupBy } = route
  return groupBy === 'all' ? labels : new Map([...labels].filter(([name]) => groupBy.includes(name)))
}

/**
 * What a group is called in notifications: `{}/{severity="critical"}:{host="b"}`. Far ends join notifications by it, so it
 * is the same as Alertmanager's: labels by name in order of bytes, values quoted as in Go, names as they are.
 */
export function groupKey(route: Pick<RouteNode, 'key'>, groupLabels: ReadonlyMap<string, string>): string {
  return `${route.key}:${printLabels(groupLabels)}`
}

/** `{a="1", b="2"}`. */
export function printLabels(labels: ReadonlyMap<string, string>): string {
  const names = [...labels.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return `{${names.map((name) => `${name}=${quoteText(labels.get(name) as string)}`).join(', ')}}`
}
