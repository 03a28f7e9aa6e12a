import type { Matcher } from '@girok/query/promql'
import type { LabelSet } from '../../model/labels.ts'
import { compareBytes } from '../../model/text-order.ts'
import type { ApiContext } from '../route.ts'

const NONE: LabelSet = new Map()

/** `external_labels` of the prometheus.yml by which the server scrapes for a tenant: what other systems know its series by. */
export function externalLabelsOf(scraping: ApiContext['scraping'], tenant: string): LabelSet {
  return scraping?.tenant === tenant ? (scraping.source.alerts()?.externalLabels ?? NONE) : NONE
}

/** A series as other systems know it: with the external labels that it lacks, labels by name. */
export function withExternal(labels: LabelSet, external: LabelSet): LabelSet {
  if (external.size === 0) return labels
  const joined = new Map(labels)
  for (const [name, value] of external) if (value !== '' && !joined.has(name)) joined.set(name, value)
  return new Map([...joined].sort(([a], [b]) => compareBytes(a, b)))
}

/** Matchers without those that ask for an external label: no stored series has it, and every one that is told does. */
export function withoutExternal(matchers: readonly Matcher[], external: LabelSet): readonly Matcher[] {
  return matchers.filter(({ name, op, value }) => !(op === '=' && value !== '' && external.get(name) === value))
}
