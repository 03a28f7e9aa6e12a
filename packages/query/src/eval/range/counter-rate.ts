import type { Accumulator, AccumulatorContext } from './accumulator.ts'

const NS_PER_SECOND = 1e9

/**
 * Per-second increase of a counter: resets are added back, and the increase between the first and last sample is
 * extrapolated to the window as Prometheus does. Fewer than two samples give 0.
 */
export class CounterRate implements Accumulator {
  private readonly context: AccumulatorContext
  private readonly present: Uint8Array
  private readonly samples: Float64Array
  private readonly firstValue: Float64Array
  private readonly firstNs: Float64Array
  private readonly lastValue: Float64Array
  private readonly lastNs: Float64Array
  private readonly resets: Float64Array

  constructor(context: AccumulatorContext) {
    const { count } = context
    this.context = context
    this.present = new Uint8Array(count)
    this.samples = new Float64Array(count)
    this.firstValue = new Float64Array(count)
    this.firstNs = new Float64Array(count)
    this.lastValue = new Float64Array(count)
    this.lastNs = new Float64Array(count)
    this.resets = new Float64Array(count)
  }

  add(value: number): void {
    const { first, last, relativeNs } = this.context.windows
    for (let k = first; k <= last; k++) {
      if (this.present[k] === 0) {
        this.present[k] = 1
        this.firstValue[k] = value
        this.firstNs[k] = relativeNs
      } else if (value < (this.lastValue[k] as number)) {
        this.resets[k] = (this.resets[k] as number) + (this.lastValue[k] as number)
      }
      this.samples[k] = (this.samples[k] as number) + 1
      this.lastValue[k] = value
      this.lastNs[k] = relativeNs
    }
  }

  finish() {
    const values = new Float64Array(this.context.count)
    for (let k = 0; k < values.length; k++) if ((this.samples[k] as number) >= 2) values[k] = this.rate(k)
    return { values, present: this.present }
  }

  private rate(k: number): number {
    const { windows, rangeSeconds } = this.context
    const end = windows.endOf(k)
    const firstValue = this.firstValue[k] as number
    const firstNs = this.firstNs[k] as number
    const lastNs = this.lastNs[k] as number
    const increase = (this.lastValue[k] as number) - firstValue + (this.resets[k] as number)
    let toStart = (firstNs - (end - Number(windows.rangeNs))) / NS_PER_SECOND
    let toEnd = (end - lastNs) / NS_PER_SECOND
    const sampled = (lastNs - firstNs) / NS_PER_SECOND
    const between = sampled / ((this.samples[k] as number) - 1)
    // Samples that end well before the window's edge are taken to have begun or ended half an interval away.
    const near = between * 1.1
    if (toStart >= near) toStart = between / 2
    if (increase > 0 && firstValue >= 0) {
      // A counter cannot have been below zero.
      const toZero = sampled * (firstValue / increase)
      if (toZero < toStart) toStart = toZero
    }
    if (toEnd >= near) toEnd = between / 2
    return (increase * ((sampled + toStart + toEnd) / sampled)) / rangeSeconds
  }
}
