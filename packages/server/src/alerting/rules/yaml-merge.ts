import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'

/** The pairs of a map with those that `<<` brings in, and what stands behind a `<<` and is no map. */
export interface MergedPairs {
  readonly pairs: readonly Pair[]
  readonly faults: readonly Node[]
}

/**
 * Follows the merges of a map as YAML 1.1 has them (yaml.org/type/merge): own keys win over those that are brought in, of
 * several maps the first one that has a key. A quoted `"<<"` is a key like any other.
 *
 * @param resolved what a node stands for, aliases followed
 */
export function mergedPairs(map: YAMLMap, resolved: (node: Node | null) => Node | null): MergedPairs {
  if (!map.items.some(isMerge)) return { pairs: map.items, faults: [] }
  const pairs = new Map<unknown, Pair>()
  const faults: Node[] = []
  // A map that stands within what it merges would be followed for ever.
  const seen = new Set<Node>()
  const add = (one: YAMLMap): void => {
    if (seen.has(one)) return
    seen.add(one)
    for (const pair of one.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : pair.key
      if (!isMerge(pair) && !pairs.has(key)) pairs.set(key, pair)
    }
    for (const pair of one.items) if (isMerge(pair)) addValue(pair.value as Node | null)
  }
  const addValue = (given: Node | null): void => {
    const value = resolved(given)
    if (isMap(value)) add(value)
    else if (!isSeq(value)) faults.push(...(value === null ? [] : [value]))
    else if (!seen.has(value)) {
      seen.add(value)
      for (const one of value.items as Node[]) addValue(one)
    }
  }
  add(map)
  return { pairs: [...pairs.values()], faults }
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN'
}
