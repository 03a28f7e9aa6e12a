import { TENANT_LABEL } from '../model/tenant.ts'
import type { LogStore } from '../store/store.ts'
import { streamsOf } from './catalog.ts'
import type { DetectedLabel, StreamsRequest } from './engine.ts'

/** Places that people browse by, whatever their values look like. */
const ALWAYS_KEPT: ReadonlySet<string> = new Set(['cluster', 'namespace', 'instance', 'pod'])
const NUMBER = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|0x[0-9a-f]+|inf|infinity|nan)$/i
const UUID = /^(?:urn:uuid:)?\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i

/** Labels worth browsing by, in order of name; from the index of streams alone. */
export function detectedLabels(store: LogStore, request: StreamsRequest): DetectedLabel[] {
  const values = new Map<string, Set<string>>()
  for (const { labels } of streamsOf(store, request)) {
    for (const [label, value] of labels) {
      const known = values.get(label)
      if (known) known.add(value)
      else values.set(label, new Set([value]))
    }
  }
  return [...values]
    .filter(([label]) => label !== TENANT_LABEL)
    .filter(([label, distinct]) => ALWAYS_KEPT.has(label) || !onlyIds(distinct))
    .map(([label, distinct]) => ({ label, cardinality: distinct.size }))
    .sort((a, b) => (a.label < b.label ? -1 : 1))
}

/** Numbers and UUIDs tell apart and do not group; 0 and 1 alone are a switch. */
function onlyIds(values: ReadonlySet<string>): boolean {
  const all = [...values]
  if (all.every((value) => value === '0' || value === '1')) return false
  return all.every((value) => NUMBER.test(value) || UUID.test(value))
}
