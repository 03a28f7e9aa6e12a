import { quantileOf } from '../../../eval/range/quantile.ts'
import type { Samples } from '../stale.ts'
import { KahanSum } from './kahan.ts'
import { eachWindow, type RangeFunction, type WindowFunction } from './member.ts'
import { MovingSum, worthMoving } from './moving-sum.ts'

const running = new KahanSum()
const runningMean = new KahanSum()
const runningSpread = new KahanSum()

const sumAnew = eachWindow(1, ({ values }, lo, hi) => {
  running.reset()
  for (let i = lo; i < hi; i++) running.add(values[i] as number)
  return running.total
})

/** Adds each window anew, or takes its sum from running sums where windows overlap much. */
function bySums(
  anew: WindowFunction,
  ofSum: (moving: MovingSum, samples: Samples, lo: number, hi: number) => number,
): WindowFunction {
  return (samples, windows, out, scalars) => {
    if (!worthMoving(windows.cells, samples.values.length)) {
      anew(samples, windows, out, scalars)
      return
    }
    const moving = new MovingSum(samples.values)
    const carried = eachWindow(1, (_samples, lo, hi) => {
      moving.take(lo, hi)
      return ofSum(moving, samples, lo, hi)
    })
    carried(samples, windows, out, scalars)
  }
}

const sumOverTime = bySums(sumAnew, ({ sum, rest }) => sum + rest)

/** The mean by way of the sum, or step by step from where the sum goes beyond all numbers. */
export function meanOf({ values }: Samples, lo: number, hi: number): number {
  running.reset(values[lo] as number)
  let i = lo + 1
  for (; i < hi; i++) {
    const { sum, lost } = running
    running.add(values[i] as number)
    if (running.sum !== Number.POSITIVE_INFINITY && running.sum !== Number.NEGATIVE_INFINITY) continue
    running.sum = sum
    running.lost = lost
    break
  }
  const count = hi - lo
  if (i === hi) return running.sum / count + running.lost / count
  runningMean.reset(running.sum / (i - lo))
  runningMean.lost = running.lost / (i - lo)
  for (; i < hi; i++) {
    const soFar = i - lo + 1
    const part = (soFar - 1) / soFar
    runningMean.sum *= part
    runningMean.lost *= part
    runningMean.add((values[i] as number) / soFar)
  }
  return runningMean.total
}

const avgOverTime = bySums(eachWindow(1, meanOf), ({ sum, rest }, samples, lo, hi) =>
  Number.isFinite(sum) ? sum / (hi - lo) + rest / (hi - lo) : meanOf(samples, lo, hi),
)

/** Population variance by Welford's method, with sums that keep what rounding loses. */
function variance({ values }: Samples, lo: number, hi: number): number {
  runningMean.reset()
  runningSpread.reset()
  for (let i = lo; i < hi; i++) {
    const value = values[i] as number
    const delta = value - runningMean.total
    runningMean.add(delta / (i - lo + 1))
    runningSpread.add(delta * (value - runningMean.total))
  }
  return runningSpread.total / (hi - lo)
}

/**
 * The largest (or smallest) value of each window. Overlapping windows share a queue of the values that may still become the
 * largest, so that each sample is looked at once. NaN gives way to any number.
 */
function extreme(largest: boolean): WindowFunction {
  return ({ values }, windows, out) => {
    const { lo, hi, count } = windows
    const queue = new Int32Array(values.length)
    let head = 0
    let tail = 0
    let seen = 0
    for (let k = 0; k < count; k++) {
      const from = lo[k] as number
      const to = hi[k] as number
      if (to === from) continue
      if (seen < from) seen = from
      for (; seen < to; seen++) {
        const value = values[seen] as number
        if (Number.isNaN(value)) continue
        while (tail > head) {
          const held = values[queue[tail - 1] as number] as number
          if (largest ? held >= value : held <= value) break
          tail--
        }
        queue[tail++] = seen
      }
      while (head < tail && (queue[head] as number) < from) head++
      out.values[k] = head === tail ? Number.NaN : (values[queue[head] as number] as number)
      out.present[k] = 1
    }
  }
}

/** When the largest (or smallest) value was seen last, in seconds. */
function timeOfExtreme(largest: boolean): WindowFunction {
  return eachWindow(1, ({ times, values }, lo, hi) => {
    let best = lo
    for (let i = lo; i < hi; i++) {
      const value = values[i] as number
      const held = values[best] as number
      if ((largest ? value >= held : value <= held) || Number.isNaN(held)) best = i
    }
    return (times[best] as number) / 1000
  })
}

/** The median of the distances to the median; a NaN among the samples makes it NaN. */
function medianDeviation({ values }: Samples, lo: number, hi: number): number {
  for (let i = lo; i < hi; i++) if (Number.isNaN(values[i])) return Number.NaN
  const median = quantileOf(0.5, values.slice(lo, hi))
  return quantileOf(
    0.5,
    values.slice(lo, hi).map((value) => Math.abs(value - median)),
  )
}

export const OVER_TIME_FUNCTIONS: readonly RangeFunction[] = [
  { name: 'sum_over_time', apply: sumOverTime },
  { name: 'avg_over_time', apply: avgOverTime },
  { name: 'count_over_time', apply: eachWindow(1, (_samples, lo, hi) => hi - lo) },
  { name: 'min_over_time', apply: extreme(false) },
  { name: 'max_over_time', apply: extreme(true) },
  { name: 'stdvar_over_time', apply: eachWindow(1, variance) },
  { name: 'stddev_over_time', apply: eachWindow(1, (samples, lo, hi) => Math.sqrt(variance(samples, lo, hi))) },
  { name: 'mad_over_time', apply: eachWindow(1, medianDeviation) },
  { name: 'first_over_time', apply: eachWindow(1, ({ values }, lo) => values[lo] as number), keepsName: true },
  { name: 'last_over_time', apply: eachWindow(1, ({ values }, _lo, hi) => values[hi - 1] as number), keepsName: true },
  { name: 'present_over_time', apply: eachWindow(1, () => 1) },
  { name: 'absent_over_time', apply: eachWindow(1, () => 1) },
  { name: 'ts_of_first_over_time', apply: eachWindow(1, ({ times }, lo) => (times[lo] as number) / 1000) },
  { name: 'ts_of_last_over_time', apply: eachWindow(1, ({ times }, _lo, hi) => (times[hi - 1] as number) / 1000) },
  { name: 'ts_of_max_over_time', apply: timeOfExtreme(true) },
  { name: 'ts_of_min_over_time', apply: timeOfExtreme(false) },
  {
    name: 'quantile_over_time',
    apply: (samples, windows, out, [quantile]) => {
      const scratch = new Float64Array(windows.largest)
      const at = eachWindow(1, ({ values }, lo, hi, _windows, k) => {
        for (let i = lo; i < hi; i++) scratch[i - lo] = values[i] as number
        return quantileOf((quantile as Float64Array)[k] as number, scratch.subarray(0, hi - lo))
      })
      at(samples, windows, out, [])
    },
  },
]
