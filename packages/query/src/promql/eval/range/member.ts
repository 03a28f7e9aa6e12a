import type { Column } from '../../../eval/vector/columns.ts'
import type { Windows } from '../select/windows.ts'
import type { Samples } from '../stale.ts'

/**
 * Writes what a function makes of each window of one series. `scalars` are its other arguments, a value per step. Windows
 * without enough samples get no point.
 */
export type WindowFunction = (samples: Samples, windows: Windows, out: Column, scalars: readonly Float64Array[]) => void

/** A function of a range vector. */
export interface RangeFunction {
  readonly name: string
  readonly apply: WindowFunction
  /** The result is still the metric itself: its name stays. */
  readonly keepsName?: true
  /** Judges the scalar arguments once, before any series is looked at. */
  readonly check?: (scalars: readonly Float64Array[]) => void
  /** Extended selectors that may be given to the function. */
  readonly extended?: readonly ('anchored' | 'smoothed')[]
}

/** A function of the samples of a window alone, which looks at all of them, each time anew. */
export function eachWindow(
  fewest: number,
  resultOf: (samples: Samples, lo: number, hi: number, windows: Windows, k: number) => number,
): WindowFunction {
  return (samples, windows, out) => {
    const { lo, hi, count } = windows
    for (let k = 0; k < count; k++) {
      const from = lo[k] as number
      const to = hi[k] as number
      if (to - from < fewest) continue
      out.values[k] = resultOf(samples, from, to, windows, k)
      out.present[k] = 1
    }
  }
}
