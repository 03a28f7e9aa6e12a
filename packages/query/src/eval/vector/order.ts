import type { Grouping } from '../../logql/ast.ts'
import { labelsKey } from '../labels.ts'
import type { Series } from '../types.ts'
import { groupsOf } from './aggregate.ts'
import { emptyColumn, withPoints } from './columns.ts'

/** Up to so many chosen ones are kept in order while looking through the candidates; more are sorted at once. */
const FEW = 32

/**
 * The k largest (or smallest) series of each group, chosen anew at every step, with their own labels. NaN counts as the
 * worst either way; of equal values the one whose labels sort first wins, so that answers are stable. `k` may differ from
 * step to step.
 */
export function selectK<S extends Series>(
  series: readonly S[],
  k: number | ((step: number) => number),
  largest: boolean,
  grouping: Grouping | undefined,
  count: number,
): S[] {
  const chosen: S[] = []
  for (const { members } of groupsOf(series, grouping)) {
    const byLabels = members
      .map((member) => ({ member, key: labelsKey(member.labels) }))
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .map(({ member }) => member)
    const outs = byLabels.map((member) => ({ ...member, ...emptyColumn(member.labels, count) }))
    for (let step = 0; step < count; step++) {
      const most = typeof k === 'number' ? k : k(step)
      for (const i of bestAt(byLabels, step, most, largest)) {
        const out = outs[i] as (typeof outs)[number]
        out.values[step] = (byLabels[i] as S).values[step] as number
        out.present[step] = 1
      }
    }
    chosen.push(...withPoints(outs))
  }
  return chosen
}

/** Which series are the best at a step, at most so many. */
function bestAt(series: readonly Series[], step: number, most: number, largest: boolean): number[] {
  const best: number[] = []
  if (most < 1) return best
  const valueAt = (i: number) => (series[i] as Series).values[step] as number
  for (let i = 0; i < series.length; i++) {
    if ((series[i] as Series).present[step] !== 1) continue
    if (most > FEW) {
      best.push(i)
      continue
    }
    const value = valueAt(i)
    let at = best.length
    while (at > 0 && compareValues(value, valueAt(best[at - 1] as number), largest) < 0) at--
    if (at >= most) continue
    if (best.length >= most) best.pop()
    best.splice(at, 0, i)
  }
  if (best.length <= most) return best
  return best.sort((a, b) => compareValues(valueAt(a), valueAt(b), largest) || a - b).slice(0, most)
}

/** Series in order of their first point's value: for instant queries. NaN stands last in both directions. */
export function sortByValue<S extends Series>(series: readonly S[], descending: boolean): S[] {
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
