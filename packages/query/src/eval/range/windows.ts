import type { Grid } from '../types.ts'

/**
 * Which evaluation times a sample counts for. Time T covers (T − offset − range, T − offset]: the window's start is
 * excluded, its end included.
 */
export class Windows {
  /** Evaluation steps first … last (inclusive) cover the sample last given to `locate`; none when first > last. */
  first = 0
  last = -1
  /** Nanoseconds from the start of the first window to that sample: exact below 2^53 (104 days). */
  relativeNs = 0
  readonly rangeNs: bigint
  private readonly grid: Grid
  private readonly baseNs: bigint
  private readonly small: boolean
  private readonly step: number
  private readonly range: number

  constructor(grid: Grid, rangeNs: bigint, offsetNs: bigint) {
    this.grid = grid
    this.rangeNs = rangeNs
    this.baseNs = grid.startNs - offsetNs - rangeNs
    this.small = rangeNs + grid.stepNs * BigInt(grid.count + 1) < BigInt(Number.MAX_SAFE_INTEGER)
    this.step = Number(grid.stepNs)
    this.range = Number(rangeNs)
  }

  /** End of the window of a step, counted like `relativeNs`. */
  endOf(step: number): number {
    return this.range + this.step * step
  }

  locate(timeNs: bigint): void {
    const relative = timeNs - this.baseNs
    this.relativeNs = Number(relative)
    if (relative <= 0n) {
      this.last = -1
      this.first = 0
      return
    }
    const { count } = this.grid
    if (this.step === 0) {
      this.first = 0
      this.last = count > 0 && relative <= this.rangeNs ? 0 : -1
      return
    }
    if (this.small && this.relativeNs <= Number.MAX_SAFE_INTEGER) {
      // Window k is (k·step, k·step + range]: k from ceil((d − range) / step) to ceil(d / step) − 1.
      this.first = Math.max(0, ceilDivide(this.relativeNs - this.range, this.step))
      this.last = Math.min(count, ceilDivide(this.relativeNs, this.step)) - 1
      return
    }
    const { stepNs } = this.grid
    const past = relative - this.rangeNs
    this.first = past <= 0n ? 0 : Math.min(count, Number((past + stepNs - 1n) / stepNs))
    this.last = Math.min(count, Number((relative + stepNs - 1n) / stepNs)) - 1
  }
}

/** Exact for safe integers: a double quotient close to a whole number may have been rounded across it. */
function ceilDivide(value: number, by: number): number {
  let quotient = Math.ceil(value / by)
  if ((quotient - 1) * by >= value) quotient--
  else if (quotient * by < value) quotient++
  return quotient
}
