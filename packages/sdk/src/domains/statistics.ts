/** Durations in milliseconds. */
export interface DurationSummary {
  readonly count: number
  readonly mean_ms: number
  readonly median_ms: number
  readonly min_ms: number
  readonly max_ms: number
  /** Of a sample (divided by count - 1); 0 for a single value. */
  readonly stdev_ms: number
  readonly p95_ms: number
  readonly p99_ms: number
}

/**
 * Statistics of any number of values in bounded memory. Count, mean, minimum, maximum and standard deviation are exact
 * (Welford's method). Quantiles are exact up to `maxKept` values; of more, a random sample of that size is kept (algorithm
 * R: each value is in it with the same chance), and quantiles are those of the sample.
 */
export class Durations {
  readonly #kept: number[] = []
  readonly #maxKept: number
  readonly #random: () => number
  #count = 0
  #mean = 0
  /** Sum of squared distances from the mean. */
  #squares = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY

  constructor(maxKept: number, random: () => number = Math.random) {
    this.#maxKept = maxKept
    this.#random = random
  }

  add(value: number): void {
    this.#count++
    const distance = value - this.#mean
    this.#mean += distance / this.#count
    this.#squares += distance * (value - this.#mean)
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
    if (this.#kept.length < this.#maxKept) {
      this.#kept.push(value)
      return
    }
    const place = Math.floor(this.#random() * this.#count)
    if (place < this.#maxKept) this.#kept[place] = value
  }

  /** Undefined before the first value. */
  summary(): DurationSummary | undefined {
    if (this.#count === 0) return undefined
    const sorted = Float64Array.from(this.#kept).sort()
    return {
      count: this.#count,
      mean_ms: this.#mean,
      median_ms: quantile(sorted, 0.5),
      min_ms: this.#min,
      max_ms: this.#max,
      stdev_ms: this.#count > 1 ? Math.sqrt(this.#squares / (this.#count - 1)) : 0,
      p95_ms: quantile(sorted, 0.95),
      p99_ms: quantile(sorted, 0.99),
    }
  }
}

/** By linear interpolation between the two values around the rank (n - 1) q: the default of NumPy and pandas. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const rank = (sorted.length - 1) * q
  const below = Math.floor(rank)
  const low = sorted[below] ?? Number.NaN
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN
  return low + (high - low) * (rank - below)
}
