import { sortByValue } from '../../../eval/vector/order.ts'
import type { CallContext } from '../context.ts'
import { compareLabels } from '../labels.ts'
import { type Evaluated, type PromSeries, vectorOf } from '../series.ts'
import type { CallFunction } from './member.ts'

/** Digits compare as numbers, everything else as text: `cpu2` stands before `cpu10`. */
export function compareNaturally(a: string, b: string): number {
  const aParts = a.match(/\d+|\D+/g) ?? []
  const bParts = b.match(/\d+|\D+/g) ?? []
  for (let i = 0; i < aParts.length && i < bParts.length; i++) {
    const [left, right] = [aParts[i] as string, bParts[i] as string]
    if (left === right) continue
    if (/^\d/.test(left) && /^\d/.test(right)) {
      const [leftNumber, rightNumber] = [BigInt(left), BigInt(right)]
      if (leftNumber !== rightNumber) return leftNumber < rightNumber ? -1 : 1
      if (left.length !== right.length) return left.length - right.length
    }
    return left < right ? -1 : 1
  }
  return aParts.length - bParts.length
}

/** Order means something in instant queries only: series of a range have a value for each step. */
function sorting(
  name: string,
  order: (call: CallContext, series: readonly PromSeries[]) => PromSeries[],
): CallFunction {
  return {
    name,
    evaluate(call): Evaluated {
      const series = call.vector(0)
      if (call.shared.grid.count > 1) call.shared.annotations.sortInRange(call.call)
      return call.count === 1 ? vectorOf(order(call, series), true) : vectorOf(series)
    },
  }
}

function byLabels(call: CallContext, series: readonly PromSeries[], sign: 1 | -1): PromSeries[] {
  const names = call.call.args.slice(1).map((_, i) => call.text(i + 1))
  return [...series].sort((a, b) => {
    for (const name of names) {
      const order = compareNaturally(a.labels.get(name) ?? '', b.labels.get(name) ?? '')
      if (order !== 0) return sign * order
    }
    return sign * compareLabels(a.labels, b.labels)
  })
}

export const SORT_FUNCTIONS: readonly CallFunction[] = [
  sorting('sort', (_call, series) => sortByValue(series, false)),
  sorting('sort_desc', (_call, series) => sortByValue(series, true)),
  sorting('sort_by_label', (call, series) => byLabels(call, series, 1)),
  sorting('sort_by_label_desc', (call, series) => byLabels(call, series, -1)),
]
