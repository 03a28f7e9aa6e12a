import { mapPoints, withPoints } from '../../../eval/vector/columns.ts'
import type { CallContext } from '../context.ts'
import { type Evaluated, joinEqual, type PromSeries, vectorOf } from '../series.ts'

/** A function that takes no range vector. */
export interface CallFunction {
  readonly name: string
  evaluate(call: CallContext): Evaluated
}

/** A function that makes another value of each point; the result is no longer the metric itself. */
export function ofEachPoint(name: string, change: (value: number, k: number) => number): CallFunction {
  return { name, evaluate: (call) => changePoints(call, call.vector(0), change) }
}

/** Each point with another value; a series loses its name. */
export function changePoints(
  call: CallContext,
  series: readonly PromSeries[],
  change: (value: number, k: number) => number | undefined,
): Evaluated {
  const changed = series.map((one) => {
    const { labels, dropName } = call.renamed(one)
    return { ...mapPoints(one, labels, change), dropName }
  })
  return vectorOf(joinEqual(withPoints(changed)))
}

/** The same value at every step, or one for each. */
export function scalarOfEachStep(count: number, valueAt: (k: number) => number): Evaluated {
  return { kind: 'scalar', values: Float64Array.from({ length: count }, (_, k) => valueAt(k)) }
}
