import type { Grouping } from '../../logql/ast.ts'
import { labelsKey } from '../labels.ts'
import type { Series } from '../types.ts'
import { groupsOf } from './aggregate.ts'
import { emptyColumn, withPoints } from './columns.ts'

/**
 * The k largest (or smallest) series of each group, chosen anew at every step, with their own labels. NaN counts as the
 * worst either way; of equal values the one whose labels sort first wins, so that answers are stable.
 */
export function selectK(
  series: readonly Series[],
  k: number,
  largest: boolean,
  grouping: Grouping | undefined,
  count: number,
): Series[] {
  const chosen: Series[] = []
  for (const { members } of groupsOf(series, grouping)) {
    const byLabels = members
      .map((member) => ({ member, key: labelsKey(member.labels) }))
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .map(({ member }) => member)
    const outs = byLabels.map(({ labels }) => emptyColumn(labels, count))
    for (let step = 0; step < count; step++) {
      const candidates: number[] = []
      for (let i = 0; i < byLabels.length; i++) if ((byLabels[i] as Series).present[step] === 1) candidates.push(i)
      if (candidates.length > k) {
        const valueAt = (i: number) => (byLabels[i] as Series).values[step] as number
        candidates.sort((a, b) => compareValues(valueAt(a), valueAt(b), largest) || a - b)
        candidates.length = k
      }
      for (const i of candidates) {
        const out = outs[i] as (typeof outs)[number]
        out.values[step] = (byLabels[i] as Series).values[step] as number
        out.present[step] = 1
      }
    }
    chosen.push(...withPoints(outs))
  }
  return chosen
}

/** Series in order of their first point's value: for instant queries. NaN stands last in both directions. */
export function sortByValue(series: readonly Series[], descending: boolean): Series[] {
  return withPoints(series)
    .map((one) => ({ one, value: one.values[one.present.indexOf(1)] as number, key: labelsKey(one.labels) }))
    .sort((a, b) => compareValues(a.value, b.value, descending) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ one }) => one)
}

function compareValues(a: number, b: number, descending: boolean): number {
  const aIsNaN = Number.isNaN(a)
  const bIsNaN = Number.isNaN(b)
  if (aIsNaN || bIsNaN) return aIsNaN === bIsNaN ? 0 : aIsNaN ? 1 : -1
  if (a === b) return 0
  return a < b === descending ? 1 : -1
}
