import type { PromExpr, VectorSelector } from '../ast.ts'
import { endsOf, type Frame, millis, reachOf, subqueryFrame } from './frame.ts'
import { infoSelector } from './functions/info.ts'
import type { PromGrid, PromOptions, SelectorRead } from './types.ts'

/**
 * What samples the selectors of an expression need, from left to right; durations must have been resolved. `info()` reads by
 * a selector that the text does not hold: the samples go into the evaluation's data under the selector given here, as for all
 * others. Nodes in `answered` need nothing.
 */
export function selectorReads(
  expr: PromExpr,
  grid: PromGrid,
  options: PromOptions,
  answered: { has(node: PromExpr): boolean } = new Set(),
): readonly SelectorRead[] {
  const reads: SelectorRead[] = []
  const read = (selector: VectorSelector, rangeMs: number, frame: Frame): void => {
    const ends = endsOf(frame, grid, selector.atTime, selector.offset)
    const reach = reachOf(selector, rangeMs, options.lookbackMs)
    reads.push({
      selector,
      startMs: ends.firstMs - reach.beforeMs,
      endMs: ends.firstMs + (frame.count - 1) * ends.stepMs + reach.afterMs,
      rangeMs,
    })
  }
  const walk = (node: PromExpr, frame: Frame): void => {
    if (answered.has(node) || frame.count === 0) return
    switch (node.kind) {
      case 'selector':
        read(node, 0, frame)
        return
      case 'matrix':
        read(node.selector, millis(node.range), frame)
        return
      case 'subquery':
        walk(node.expr, subqueryFrame(node, frame, grid, options))
        return
      case 'call':
        if (node.name === 'info') {
          walk(node.args[0] as PromExpr, frame)
          read(infoSelector(node), 0, frame)
          return
        }
        for (const arg of node.args) walk(arg, frame)
        return
      case 'aggregate':
        if (node.param !== undefined) walk(node.param, frame)
        walk(node.expr, frame)
        return
      case 'binary':
        walk(node.left, frame)
        walk(node.right, frame)
        return
      case 'unary':
      case 'paren':
        walk(node.expr, frame)
    }
  }
  walk(expr, { startMs: grid.startMs, stepMs: grid.stepMs, count: grid.count })
  return reads
}
