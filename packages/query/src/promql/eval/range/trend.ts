import { evaluationError } from '../series.ts'
import type { Samples } from '../stale.ts'
import { KahanSum } from './kahan.ts'
import { eachWindow, type RangeFunction } from './member.ts'

const sumX = new KahanSum()
const sumY = new KahanSum()
const sumXY = new KahanSum()
const sumX2 = new KahanSum()

interface Line {
  slope: number
  intercept: number
}

/** The line through the samples by least squares, with seconds counted from `originMs`. */
function lineThrough({ times, values }: Samples, lo: number, hi: number, originMs: number): Line {
  const first = values[lo] as number
  let level = true
  sumX.reset()
  sumY.reset()
  sumXY.reset()
  sumX2.reset()
  for (let i = lo; i < hi; i++) {
    const y = values[i] as number
    if (y !== first && i > lo) level = false
    const x = ((times[i] as number) - originMs) / 1000
    sumX.add(x)
    sumY.add(y)
    sumXY.add(x * y)
    sumX2.add(x * x)
  }
  if (level) {
    if (first === Number.POSITIVE_INFINITY || first === Number.NEGATIVE_INFINITY) {
      return { slope: Number.NaN, intercept: Number.NaN }
    }
    return { slope: 0, intercept: first }
  }
  const count = hi - lo
  const covariance = sumXY.total - (sumX.total * sumY.total) / count
  const spread = sumX2.total - (sumX.total * sumX.total) / count
  const slope = covariance / spread
  return { slope, intercept: sumY.total / count - (slope * sumX.total) / count }
}

/** Holt's linear method: a smoothed level and a smoothed trend, the first of which is the result. */
function smoothed({ values }: Samples, lo: number, hi: number, smoothing: number, trendFactor: number): number {
  let level = values[lo] as number
  let before = 0
  let trend = (values[lo + 1] as number) - level
  for (let i = lo + 1; i < hi; i++) {
    if (i > lo + 1) trend = trendFactor * (level - before) + (1 - trendFactor) * trend
    const next = smoothing * (values[i] as number) + (1 - smoothing) * (level + trend)
    before = level
    level = next
  }
  return level
}

function demandFactor(values: Float64Array, name: string, short: string): void {
  for (const value of values) {
    if (!(value <= 0 || value >= 1)) continue
    throw evaluationError(`invalid ${name} factor. Expected: 0 < ${short} < 1, got: ${value.toFixed(6)}`)
  }
}

export const TREND_FUNCTIONS: readonly RangeFunction[] = [
  {
    name: 'deriv',
    apply: eachWindow(2, (samples, lo, hi) => lineThrough(samples, lo, hi, samples.times[lo] as number).slope),
  },
  {
    name: 'predict_linear',
    apply: (samples, windows, out, [ahead]) => {
      const { frame } = windows
      const at = eachWindow(2, (_samples, lo, hi, _windows, k) => {
        const { slope, intercept } = lineThrough(samples, lo, hi, frame.startMs + k * frame.stepMs)
        return slope * ((ahead as Float64Array)[k] as number) + intercept
      })
      at(samples, windows, out, [])
    },
  },
  {
    name: 'double_exponential_smoothing',
    check: ([smoothing, trend]) => {
      demandFactor(smoothing as Float64Array, 'smoothing', 'sf')
      demandFactor(trend as Float64Array, 'trend', 'tf')
    },
    apply: (samples, windows, out, [smoothing, trend]) => {
      const at = eachWindow(2, (_samples, lo, hi, _windows, k) => {
        const factor = (smoothing as Float64Array)[k] as number
        return smoothed(samples, lo, hi, factor, (trend as Float64Array)[k] as number)
      })
      at(samples, windows, out, [])
    },
  },
]
