import type { VectorMatching } from '../../logql/ast.ts'
import { QueryError } from '../../text/error.ts'
import { groupLabels, labelsKey, withoutEmpty } from '../labels.ts'
import type { Labels, Series } from '../types.ts'
import { type Column, emptyColumn, withPoints } from './columns.ts'
import type { PointOperation } from './point.ts'

/** A string equal for series that match one another: an empty label counts as an absent one, as in Loki. */
export function signatureOf(matching: VectorMatching | undefined): (labels: Labels) => string {
  if (matching === undefined) return (labels) => labelsKey(withoutEmpty(labels))
  const grouping = { without: !matching.on, labels: matching.labels }
  return (labels) => labelsKey(withoutEmpty(groupLabels(labels, grouping)))
}

/**
 * Arithmetic and comparison between two vectors. Uniqueness is demanded step by step: two series of one signature are fine
 * as long as they never have a point at the same step. Throws an evaluate-phase `QueryError` otherwise.
 */
export function matchVectors(
  operation: PointOperation,
  matching: VectorMatching | undefined,
  left: readonly Series[],
  right: readonly Series[],
  count: number,
): Series[] {
  const signature = signatureOf(matching)
  const card = matching?.card ?? 'one-to-one'
  const swapped = card === 'one-to-many'
  const many = swapped ? right : left
  const ones = bySignature(swapped ? left : right, signature)
  for (const group of ones.values()) demandUnique(group, swapped ? 'left' : 'right', count)

  const results = new Map<string, Column>()
  const taken = new Map<string, Uint8Array>()
  for (const member of many) {
    const key = signature(member.labels)
    for (const one of ones.get(key) ?? []) {
      const labels = resultLabels(member.labels, one.labels, matching)
      const resultKey = labelsKey(labels)
      // One-to-one: a signature may be matched once per step; with grouping: each result may be made once per step.
      const takenKey = card === 'one-to-one' ? key : resultKey
      const steps = entry(taken, takenKey, () => new Uint8Array(count))
      const out = entry(results, resultKey, () => emptyColumn(labels, count))
      for (let k = 0; k < count; k++) {
        if (member.present[k] !== 1 || one.present[k] !== 1) continue
        if (steps[k] === 1) throw severalMatches(card)
        steps[k] = 1
        const leftValue = (swapped ? one : member).values[k] as number
        const value = operation(leftValue, (swapped ? member : one).values[k] as number, leftValue)
        if (value === undefined) continue
        out.values[k] = value
        out.present[k] = 1
      }
    }
  }
  return withPoints([...results.values()])
}

export function bySignature<S extends Series>(
  series: readonly S[],
  signature: (labels: Labels) => string,
): ReadonlyMap<string, S[]> {
  const groups = new Map<string, S[]>()
  for (const one of series) entry(groups, signature(one.labels), () => []).push(one)
  return groups
}

/** What the map holds for the key, or what is made for it now. */
export function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function demandUnique(group: readonly Series[], side: 'left' | 'right', count: number): void {
  if (group.length === 1) return
  const seen = new Uint8Array(count)
  for (const { present } of group) {
    for (let k = 0; k < count; k++) {
      if (present[k] !== 1) continue
      if (seen[k] === 1) {
        throw new QueryError(
          `found duplicate series on the ${side} hand-side;many-to-many matching not allowed: ` +
            'matching labels must be unique on one side',
          0,
          0,
          'evaluate',
        )
      }
      seen[k] = 1
    }
  }
}

function severalMatches(card: VectorMatching['card']): QueryError {
  const why =
    card === 'one-to-one'
      ? 'many-to-one matching must be explicit (group_left/group_right)'
      : 'grouping labels must ensure unique matches'
  return new QueryError(`multiple matches for labels: ${why}`, 0, 0, 'evaluate')
}

/** One-to-one keeps the matching labels; otherwise the many side's, with the included ones taken from the other side. */
function resultLabels(many: Labels, one: Labels, matching: VectorMatching | undefined): Labels {
  if (matching === undefined) return withoutEmpty(many)
  if (matching.card === 'one-to-one') {
    return withoutEmpty(groupLabels(many, { without: !matching.on, labels: matching.labels }))
  }
  if (matching.include.length === 0) return withoutEmpty(many)
  const labels = new Map(many)
  for (const name of matching.include) {
    const value = one.get(name)
    if (value === undefined || value === '') labels.delete(name)
    else labels.set(name, value)
  }
  return withoutEmpty(labels)
}
