import type { PromExpr, PromGrid, SelectorRead, VectorSelector } from '@girok/query/promql'
import type { SampleWindows } from '../../../store/samples/statement.ts'
import { childrenOnGrid } from './on-grid.ts'

/**
 * Where steps lie further apart than a selector looks back (`rate(x[5m])` once an hour), most samples of the range are in
 * no window. The engine leaves them out: what is evaluated is the same, it only never gets here. On 1.4 million samples
 * that saves half of the engine's time and nearly all of the rest.
 */
export function selectorWindows(
  expr: PromExpr,
  grid: PromGrid,
  reads: readonly SelectorRead[],
): ReadonlyMap<VectorSelector, SampleWindows> {
  const onGrid = new Set<VectorSelector>()
  const visit = (node: PromExpr): void => {
    if (node.kind === 'selector') {
      if (node.atTime === undefined && node.extended === undefined) onGrid.add(node)
      return
    }
    for (const child of childrenOnGrid(node)) visit(child)
  }
  visit(expr)
  const found = new Map<VectorSelector, SampleWindows>()
  for (const { selector, startMs, endMs } of reads) {
    const windowMs = endMs - startMs - (grid.count - 1) * grid.stepMs
    const whole = [windowMs, endMs, grid.stepMs].every(Number.isInteger)
    // Half of the samples at least have to go, or the condition costs more than it saves.
    if (grid.count > 1 && whole && windowMs > 0 && 2 * windowMs <= grid.stepMs && onGrid.has(selector)) {
      found.set(selector, { endMs, windowMs, everyMs: grid.stepMs })
    }
  }
  return found
}
