import { hasPoints } from '../../../eval/vector/columns.ts'
import type { CallContext } from '../context.ts'
import { absentLabels } from '../functions/absent.ts'
import { NAME_LABEL } from '../labels.ts'
import { readRange } from '../select/range.ts'
import {
  demandDistinct,
  type Evaluated,
  evaluationError,
  type PromColumn,
  type PromSeries,
  promColumn,
  renamed,
  vectorOf,
} from '../series.ts'
import { RANGE_FUNCTIONS } from './index.ts'
import type { RangeFunction } from './member.ts'

/** Functions that are of no use for gauges. */
export function expectsCounter(name: string): boolean {
  return name === 'rate' || name === 'increase'
}

/** Evaluates a function of a range vector, one series after another, each at all steps at once. */
export function evaluateRangeFunction(call: CallContext, member: RangeFunction): Evaluated {
  const at = call.call.args.findIndex((_, i) => ['matrix', 'subquery'].includes(call.argument(i).kind))
  const argument = call.argument(at)
  if (argument.kind !== 'matrix' && argument.kind !== 'subquery') {
    throw new Error(`${call.call.name} was given no range vector`)
  }
  if (argument.kind === 'matrix') demandExtended(member, argument.selector.extended)
  const scalars = call.call.args.flatMap((_, i) => (i === at ? [] : [call.scalar(i)]))
  const { budget, annotations } = call.shared
  const { series, finder } = readRange(call.shared, argument, call.frame)
  if (series.length > 0) member.check?.(scalars)
  budget.demandRoom(series.length, call.count)

  const found: PromSeries[] = []
  let spare: PromColumn | undefined
  for (const one of series) {
    const windows = finder.find(one.samples)
    if (windows.cells === 0) continue
    budget.read += windows.cells
    budget.glance(windows.largest)
    const drops = member.keepsName !== true
    const named = drops ? renamed(one.labels, call.delayed) : one
    const dropName = named.dropName || one.dropName
    const out: PromColumn =
      spare === undefined
        ? promColumn(named.labels, call.count, dropName)
        : { ...spare, labels: named.labels, dropName }
    spare = undefined
    member.apply(one.samples, windows, out, scalars)
    if (!hasPoints(out)) {
      spare = out
      continue
    }
    budget.hold(call.count)
    found.push(out)
    if (expectsCounter(member.name)) annotations.expectCounter(one.labels.get(NAME_LABEL), argument)
  }
  budget.release(found.length * call.count)
  if (member.name === 'quantile_over_time') {
    warnOfQuantiles(call, scalars[0] as Float64Array, found)
  }
  if (member.name === 'absent_over_time') return vectorOf(absentSteps(found, absentLabels(argument), call.count))
  if (!call.delayed) demandDistinct(found)
  return vectorOf(found)
}

function demandExtended(member: RangeFunction, extended: 'anchored' | 'smoothed' | undefined): void {
  if (extended === undefined || member.extended?.includes(extended)) return
  const able = [...RANGE_FUNCTIONS.values()].filter((one) => one.extended?.includes(extended)).map(({ name }) => name)
  throw evaluationError(
    `${extended} modifier can only be used with: ${able.sort().join(', ')} - not with ${member.name}`,
  )
}

function warnOfQuantiles(call: CallContext, quantiles: Float64Array, found: readonly PromSeries[]): void {
  const warned = new Set<number>()
  for (let k = 0; k < quantiles.length; k++) {
    const q = quantiles[k] as number
    if ((q >= 0 && q <= 1) || warned.has(q)) continue
    if (!found.some(({ present }) => present[k] === 1)) continue
    warned.add(q)
    call.shared.annotations.invalidQuantile(q, call.argument(0))
  }
}

/** One series with a point wherever none of the series has one. */
export function absentSteps(series: readonly PromSeries[], labels: PromSeries['labels'], count: number): PromSeries[] {
  const out = promColumn(labels, count)
  for (let k = 0; k < count; k++) {
    if (series.some(({ present }) => present[k] === 1)) continue
    out.values[k] = 1
    out.present[k] = 1
  }
  return hasPoints(out) ? [out] : []
}
