import type { Windows } from './windows.ts'

/** What an accumulator needs to know of the query. */
export interface AccumulatorContext {
  readonly count: number
  readonly windows: Windows
  readonly rangeSeconds: number
  /** Of `quantile_over_time`. */
  readonly parameter: number
}

/** One series while samples arrive, in order of time; samples of equal time in order of arrival. */
export interface Accumulator {
  /** `windows` has been asked about the sample: it counts for steps windows.first … windows.last. */
  add(value: number): void
  finish(): { readonly values: Float64Array; readonly present: Uint8Array }
}

export type AccumulatorFactory = (context: AccumulatorContext) => Accumulator

/**
 * Sums of whole numbers (counts, bytes): each sample is noted where its windows begin and end, and sums are formed once at
 * the end, so the cost of a sample does not depend on how much windows overlap. Exact below 2^53; floats would drift.
 */
export class WholeSum implements Accumulator {
  private readonly windows: Windows
  private readonly sums: Float64Array
  private readonly samples: Float64Array
  private readonly scale: number

  /** `counting`: every sample is 1, so that the sums are the numbers of samples as well. */
  constructor(context: AccumulatorContext, scale: number, counting: boolean) {
    this.windows = context.windows
    this.sums = new Float64Array(context.count + 1)
    this.samples = counting ? this.sums : new Float64Array(context.count + 1)
    this.scale = scale
  }

  add(value: number): void {
    const { first, last } = this.windows
    const { sums, samples } = this
    sums[first] = (sums[first] as number) + value
    sums[last + 1] = (sums[last + 1] as number) - value
    if (samples === sums) return
    samples[first] = (samples[first] as number) + 1
    samples[last + 1] = (samples[last + 1] as number) - 1
  }

  finish() {
    const count = this.sums.length - 1
    const values = new Float64Array(count)
    const present = new Uint8Array(count)
    let sum = 0
    let samples = 0
    for (let k = 0; k < count; k++) {
      sum += this.sums[k] as number
      samples += this.samples[k] as number
      values[k] = this.scale === 1 ? sum : sum / this.scale
      present[k] = samples > 0 ? 1 : 0
    }
    return { values, present }
  }
}

/** Folds every sample into each window that covers it, in order: exact, and without holding samples. */
abstract class PerWindow implements Accumulator {
  protected readonly values: Float64Array
  protected readonly present: Uint8Array
  protected readonly windows: Windows

  constructor(context: AccumulatorContext) {
    this.values = new Float64Array(context.count)
    this.present = new Uint8Array(context.count)
    this.windows = context.windows
  }

  abstract add(value: number): void

  finish() {
    return { values: this.values, present: this.present }
  }
}

export class FloatSum extends PerWindow {
  private readonly scale: number

  constructor(context: AccumulatorContext, scale: number) {
    super(context)
    this.scale = scale
  }

  add(value: number): void {
    for (let k = this.windows.first; k <= this.windows.last; k++) {
      this.values[k] = (this.values[k] as number) + value
      this.present[k] = 1
    }
  }

  override finish() {
    if (this.scale !== 1)
      for (let k = 0; k < this.values.length; k++) this.values[k] = (this.values[k] as number) / this.scale
    return super.finish()
  }
}

/** 1 for every window with a sample. */
export class Presence extends PerWindow {
  add(_value: number): void {
    this.values.fill(1, this.windows.first, this.windows.last + 1)
    this.present.fill(1, this.windows.first, this.windows.last + 1)
  }
}

/** The first or last sample of each window. */
export class Edge extends PerWindow {
  private readonly keepFirst: boolean

  constructor(context: AccumulatorContext, keepFirst: boolean) {
    super(context)
    this.keepFirst = keepFirst
  }

  add(value: number): void {
    for (let k = this.windows.first; k <= this.windows.last; k++) {
      if (this.keepFirst && this.present[k] === 1) continue
      this.values[k] = value
      this.present[k] = 1
    }
  }
}

/** The smallest or largest sample; a NaN gives way to any number. */
export class Extreme extends PerWindow {
  private readonly largest: boolean

  constructor(context: AccumulatorContext, largest: boolean) {
    super(context)
    this.largest = largest
  }

  add(value: number): void {
    for (let k = this.windows.first; k <= this.windows.last; k++) {
      const held = this.values[k] as number
      if (this.present[k] === 1 && !Number.isNaN(held) && !(this.largest ? value > held : value < held)) continue
      this.values[k] = value
      this.present[k] = 1
    }
  }
}

/** The mean, kept as a running mean so that large values do not overflow; an infinity stays one. */
export class Mean extends PerWindow {
  private readonly counts: Float64Array

  constructor(context: AccumulatorContext) {
    super(context)
    this.counts = new Float64Array(context.count)
  }

  add(value: number): void {
    for (let k = this.windows.first; k <= this.windows.last; k++) {
      const count = (this.counts[k] as number) + 1
      this.counts[k] = count
      this.present[k] = 1
      this.values[k] = count === 1 ? value : nextMean(this.values[k] as number, value, count)
    }
  }
}

export function nextMean(mean: number, value: number, count: number): number {
  if (mean === Number.POSITIVE_INFINITY || mean === Number.NEGATIVE_INFINITY) {
    if (value === mean || Number.isFinite(value)) return mean
  }
  return mean + value / count - mean / count
}

/** Population variance or its root, by Welford's method. */
export class Spread extends PerWindow {
  private readonly counts: Float64Array
  private readonly means: Float64Array
  private readonly root: boolean

  constructor(context: AccumulatorContext, root: boolean) {
    super(context)
    this.counts = new Float64Array(context.count)
    this.means = new Float64Array(context.count)
    this.root = root
  }

  add(value: number): void {
    for (let k = this.windows.first; k <= this.windows.last; k++) {
      const count = (this.counts[k] as number) + 1
      const before = this.means[k] as number
      const mean = before + (value - before) / count
      this.counts[k] = count
      this.means[k] = mean
      this.values[k] = (this.values[k] as number) + (value - before) * (value - mean)
      this.present[k] = 1
    }
  }

  override finish() {
    for (let k = 0; k < this.values.length; k++) {
      const variance = (this.values[k] as number) / (this.counts[k] as number)
      this.values[k] = this.root ? Math.sqrt(variance) : variance
    }
    return super.finish()
  }
}
