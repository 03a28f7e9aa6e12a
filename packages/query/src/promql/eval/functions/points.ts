import { type CallFunction, changePoints, ofEachPoint } from './member.ts'

/** Go's Max and Min: an infinity that settles the answer wins over NaN. */
export function largerOf(a: number, b: number): number {
  if (a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY
  return Math.max(a, b)
}

export function smallerOf(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY || b === Number.NEGATIVE_INFINITY) return Number.NEGATIVE_INFINITY
  return Math.min(a, b)
}

/** `clamp`, `clamp_min`, `clamp_max`: no points at steps where the bounds have changed places. */
function clamping(name: string, minAt: number | undefined, maxAt: number | undefined): CallFunction {
  return {
    name,
    evaluate(call) {
      const series = call.vector(0)
      const mins = minAt === undefined ? undefined : call.scalar(minAt)
      const maxs = maxAt === undefined ? undefined : call.scalar(maxAt)
      return changePoints(call, series, (value, k) => {
        const min = mins === undefined ? Number.NEGATIVE_INFINITY : (mins[k] as number)
        const max = maxs === undefined ? Number.POSITIVE_INFINITY : (maxs[k] as number)
        return max < min ? undefined : largerOf(min, smallerOf(max, value))
      })
    },
  }
}

export const POINT_FUNCTIONS: readonly CallFunction[] = [
  ofEachPoint('abs', Math.abs),
  ofEachPoint('ceil', Math.ceil),
  ofEachPoint('floor', Math.floor),
  ofEachPoint('exp', Math.exp),
  ofEachPoint('sqrt', Math.sqrt),
  ofEachPoint('ln', Math.log),
  ofEachPoint('log2', Math.log2),
  ofEachPoint('log10', Math.log10),
  ofEachPoint('sin', Math.sin),
  ofEachPoint('cos', Math.cos),
  ofEachPoint('tan', Math.tan),
  ofEachPoint('asin', Math.asin),
  ofEachPoint('acos', Math.acos),
  ofEachPoint('atan', Math.atan),
  ofEachPoint('sinh', Math.sinh),
  ofEachPoint('cosh', Math.cosh),
  ofEachPoint('tanh', Math.tanh),
  ofEachPoint('asinh', Math.asinh),
  ofEachPoint('acosh', Math.acosh),
  ofEachPoint('atanh', Math.atanh),
  ofEachPoint('deg', (value) => (value * 180) / Math.PI),
  ofEachPoint('rad', (value) => (value * Math.PI) / 180),
  ofEachPoint('sgn', (value) => (value < 0 ? -1 : value > 0 ? 1 : value)),
  clamping('clamp', 1, 2),
  clamping('clamp_min', 1, undefined),
  clamping('clamp_max', undefined, 1),
  {
    name: 'round',
    evaluate(call) {
      const series = call.vector(0)
      const nearest = call.has(1) ? call.scalar(1) : undefined
      return changePoints(call, series, (value, k) => {
        // Dividing by the inverse loses less than multiplying by 0.1 and the like.
        const inverse = nearest === undefined ? 1 : 1 / (nearest[k] as number)
        return Math.floor(value * inverse + 0.5) / inverse
      })
    },
  },
]
