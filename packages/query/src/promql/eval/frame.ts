import type { AtModifier, Duration, Subquery, VectorSelector } from '../ast.ts'
import type { PromGrid, PromOptions } from './types.ts'

/** The times at which a part of the query is evaluated: the query's own, or those of a subquery. */
export interface Frame {
  readonly startMs: number
  readonly stepMs: number
  readonly count: number
}

/** Which times of samples the steps of a frame look at: step k ends at firstMs + k * stepMs; 0 where `@` fixes the time. */
export interface Ends {
  readonly firstMs: number
  readonly stepMs: number
}

export function lastOf(frame: Frame): number {
  return frame.startMs + (frame.count - 1) * frame.stepMs
}

export function queryEnd(grid: PromGrid): number {
  return grid.endMs ?? lastOf(grid)
}

export function millis(duration: Duration | undefined): number {
  if (duration === undefined) return 0
  if ('expr' in duration) throw new Error('a duration of the query has not been resolved')
  return duration.ms
}

export function endsOf(
  frame: Frame,
  grid: PromGrid,
  atTime: AtModifier | undefined,
  offset: Duration | undefined,
): Ends {
  if (atTime === undefined) return { firstMs: frame.startMs - millis(offset), stepMs: frame.stepMs }
  const at = atTime === 'start' ? grid.startMs : atTime === 'end' ? queryEnd(grid) : atTime
  return { firstMs: at - millis(offset), stepMs: 0 }
}

/** How far before and after its ends a selector looks: (end − before, end + after]. */
export function reachOf(selector: VectorSelector, rangeMs: number, lookbackMs: number) {
  const instant = rangeMs === 0
  switch (selector.extended) {
    case 'anchored':
      return { beforeMs: rangeMs + lookbackMs, afterMs: 0 }
    case 'smoothed':
      return { beforeMs: rangeMs + lookbackMs, afterMs: lookbackMs }
    default:
      return { beforeMs: instant ? lookbackMs : rangeMs, afterMs: 0 }
  }
}

/** A subquery is evaluated at the multiples of its step that lie within any of its windows, wherever the query starts. */
export function subqueryFrame(node: Subquery, frame: Frame, grid: PromGrid, options: PromOptions): Frame {
  const ends = endsOf(frame, grid, node.atTime, node.offset)
  const stepMs = millis(node.step) || options.defaultStepMs
  const lastEnd = ends.firstMs + (frame.count - 1) * ends.stepMs
  const startMs = (Math.floor((ends.firstMs - millis(node.range)) / stepMs) + 1) * stepMs
  return { startMs, stepMs, count: Math.max(0, Math.floor((lastEnd - startMs) / stepMs) + 1) }
}
