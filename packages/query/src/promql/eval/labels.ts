import type { Labels } from '../../eval/types.ts'

export const NAME_LABEL = '__name__'
/** What says of a metric which one it is: dropped by whatever makes another metric of it. */
const METADATA_LABELS = [NAME_LABEL, '__type__', '__unit__']

/** Answers are remembered per Map, so that series which share labels go on sharing them. */
const withoutNames = new WeakMap<Labels, Labels>()

/** The labels without name, type and unit of the metric. */
export function withoutMetadata(labels: Labels): Labels {
  const known = withoutNames.get(labels)
  if (known !== undefined) return known
  const rest = withoutLabels(labels, METADATA_LABELS)
  withoutNames.set(labels, rest)
  return rest
}

export function withoutLabels(labels: Labels, names: readonly string[]): Labels {
  if (!names.some((name) => labels.has(name))) return labels
  const rest = new Map(labels)
  for (const name of names) rest.delete(name)
  return rest
}

export function onlyLabels(labels: Labels, names: readonly string[]): Labels {
  const rest = new Map<string, string>()
  for (const name of names) {
    const value = labels.get(name)
    if (value !== undefined) rest.set(name, value)
  }
  return rest
}

/** A label set with one label changed; an empty value removes it. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const changed = new Map(labels)
  if (value === '') changed.delete(name)
  else changed.set(name, value)
  return changed
}

/** Prometheus' order of label sets: by name, then value, of one label after another. */
export function compareLabels(a: Labels, b: Labels): number {
  return compareFlat(flatLabels(a), flatLabels(b))
}

/** The items in the order of their labels. */
export function sortByLabels<T extends { readonly labels: Labels }>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, flat: flatLabels(item.labels) }))
    .sort((a, b) => compareFlat(a.flat, b.flat))
    .map(({ item }) => item)
}

function flatLabels(labels: Labels): readonly string[] {
  const flat: string[] = []
  for (const name of [...labels.keys()].sort()) flat.push(name, labels.get(name) as string)
  return flat
}

function compareFlat(a: readonly string[], b: readonly string[]): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    if (a[i] !== b[i]) return (a[i] as string) < (b[i] as string) ? -1 : 1
  }
  return a.length - b.length
}
