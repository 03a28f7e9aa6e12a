/** Values of one interval that quantiles are read from; of more, as many are kept by chance. */
const MAX_KEPT = 1024

/** Timings of one series: count and sum for ever, the values themselves until the next interval. */
export class Observations {
  /** Weighted by sample rates, so not always whole. */
  count = 0
  sum = 0
  #kept = new Float64Array(8)
  #seen = 0
  /** Counts at or below each bound, cumulative over bounds, for ever. */
  readonly inBucket: Float64Array
  readonly #bounds: readonly number[]

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.inBucket = new Float64Array(bounds.length)
  }

  add(value: number, weight: number): void {
    this.count += weight
    this.sum += value * weight
    for (let i = this.#bounds.length - 1; i >= 0 && value <= this.#bounds[i]!; i--) this.inBucket[i]! += weight
    if (this.#bounds.length === 0) this.#keep(value)
  }

  /** The values at these shares (0 … 1) of the interval, by nearest rank; undefined when there were none. */
  quantiles(shares: readonly number[]): readonly number[] | undefined {
    const count = Math.min(this.#seen, MAX_KEPT)
    if (count === 0) return undefined
    const sorted = this.#kept.subarray(0, count).sort()
    return shares.map((share) => sorted[Math.max(0, Math.ceil(share * count) - 1)]!)
  }

  /** Begins the next interval. */
  restart(): void {
    this.#seen = 0
    if (this.#kept.length > 64) this.#kept = new Float64Array(8)
  }

  #keep(value: number): void {
    let place = this.#seen++
    if (place >= MAX_KEPT) {
      // Each value of the interval stays with the same probability.
      place = Math.floor(Math.random() * this.#seen)
      if (place >= MAX_KEPT) return
    }
    if (place >= this.#kept.length) {
      const grown = new Float64Array(Math.min(MAX_KEPT, this.#kept.length * 4))
      grown.set(this.#kept)
      this.#kept = grown
    }
    this.#kept[place] = value
  }
}
