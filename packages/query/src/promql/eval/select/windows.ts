import type { Ends, Frame } from '../frame.ts'
import type { Samples } from '../stale.ts'

/** Which samples of a series each step looks at: those from lo (included) to hi (excluded). */
export interface Windows {
  readonly count: number
  readonly lo: Int32Array
  readonly hi: Int32Array
  /** Samples in all windows together, and in the largest. */
  readonly cells: number
  readonly largest: number
  /** The range that was asked for, which anchored and smoothed selectors look beyond. Ends are those of the range. */
  readonly rangeMs: number
  readonly ends: Ends
  readonly frame: Frame
  /** How an extended selector looks over the range's edges. */
  readonly extended: 'anchored' | 'smoothed' | undefined
}

/** Finds windows, one series after another, in arrays that are used again. */
export class WindowFinder {
  private readonly lo: Int32Array
  private readonly hi: Int32Array
  private readonly fixed: Omit<Windows, 'cells' | 'largest' | 'lo' | 'hi'>
  private readonly beforeMs: number
  private readonly afterMs: number

  constructor(
    frame: Frame,
    ends: Ends,
    rangeMs: number,
    extended: Windows['extended'],
    reach: { readonly beforeMs: number; readonly afterMs: number },
  ) {
    this.lo = new Int32Array(frame.count)
    this.hi = new Int32Array(frame.count)
    this.fixed = { count: frame.count, rangeMs, ends, frame, extended }
    this.beforeMs = reach.beforeMs
    this.afterMs = reach.afterMs
  }

  /** The windows (end − before, end + after]; valid until the next call. Both edges only ever move forward. */
  find(samples: Samples): Windows {
    const { lo, hi, beforeMs, afterMs } = this
    const { ends, count } = this.fixed
    const { times } = samples
    const length = times.length
    let from = 0
    let to = 0
    let cells = 0
    let largest = 0
    for (let k = 0; k < count; k++) {
      const end = ends.firstMs + k * ends.stepMs
      const until = end + afterMs
      const after = end - beforeMs
      while (to < length && (times[to] as number) <= until) to++
      while (from < to && (times[from] as number) <= after) from++
      lo[k] = from
      hi[k] = to
      const size = to - from
      cells += size
      if (size > largest) largest = size
    }
    return { ...this.fixed, lo, hi, cells, largest }
  }
}
