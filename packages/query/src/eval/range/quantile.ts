import type { Accumulator, AccumulatorContext } from './accumulator.ts'

/** Needs every sample of a window at once, so it holds them: 16 bytes a sample. */
export class Quantile implements Accumulator {
  private readonly context: AccumulatorContext
  private readonly samples: number[] = []
  private readonly firsts: number[] = []
  private readonly lasts: number[] = []

  constructor(context: AccumulatorContext) {
    this.context = context
  }

  add(value: number): void {
    this.samples.push(value)
    this.firsts.push(this.context.windows.first)
    this.lasts.push(this.context.windows.last)
  }

  finish() {
    const { count, parameter } = this.context
    const values = new Float64Array(count)
    const present = new Uint8Array(count)
    const { samples, firsts, lasts } = this
    // Samples come in order of time, so the windows they belong to only move forward.
    let from = 0
    let to = 0
    for (let k = 0; k < count; k++) {
      while (to < samples.length && (firsts[to] as number) <= k) to++
      while (from < to && (lasts[from] as number) < k) from++
      if (from === to) continue
      present[k] = 1
      values[k] = quantileOf(parameter, Float64Array.from(samples.slice(from, to)))
    }
    return { values, present }
  }
}

/** The q-quantile with linear interpolation; sorts its argument. Outside [0, 1] the infinities; NaN sorts first. */
export function quantileOf(q: number, values: Float64Array): number {
  if (values.length === 0 || Number.isNaN(q)) return Number.NaN
  if (q < 0) return Number.NEGATIVE_INFINITY
  if (q > 1) return Number.POSITIVE_INFINITY
  const sorted = values.sort()
  // The typed sort puts NaN last; as the smallest values they come first.
  let nans = 0
  while (nans < sorted.length && Number.isNaN(sorted[sorted.length - 1 - nans] as number)) nans++
  if (nans > 0) {
    sorted.copyWithin(nans, 0, sorted.length - nans)
    sorted.fill(Number.NaN, 0, nans)
  }
  const rank = q * (sorted.length - 1)
  const low = Math.floor(rank)
  const high = Math.min(low + 1, sorted.length - 1)
  const weight = rank - low
  return (sorted[low] as number) * (1 - weight) + (sorted[high] as number) * weight
}
