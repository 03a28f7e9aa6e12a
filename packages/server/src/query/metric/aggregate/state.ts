import type { AggregateKind } from './kind.ts'

/** Place of a sample among those of its series: order of time, then of stream text, then of arrival. */
export interface SampleOrder {
  readonly timeNs: bigint
  readonly rank: number
  readonly part: number
  readonly offset: number
}

/**
 * What is known of some samples together: `n` of them, and depending on the kind `a`, `b`: the sum; the mean; the extreme;
 * the mean and the sum of squared distances from it; the first or last value.
 */
export interface State {
  readonly n: number
  readonly a: number
  readonly b: number
  /** Of the first or last sample. */
  readonly order?: SampleOrder
  /** Of quantiles: all of them, in any order. */
  readonly samples?: Float64Array
}

export type Merge = (left: State, right: State) => State

/** Puts the states of two sets of samples together. */
export const MERGES: Readonly<Record<AggregateKind, Merge>> = {
  count: (x, y) => ({ n: x.n + y.n, a: 0, b: 0 }),
  sum: (x, y) => ({ n: x.n + y.n, a: x.a + y.a, b: 0 }),
  // Weighted means instead of a sum: large values do not overflow.
  mean: (x, y) => {
    const n = x.n + y.n
    return { n, a: x.a * (x.n / n) + y.a * (y.n / n), b: 0 }
  },
  // A NaN gives way to any number.
  min: (x, y) => ({ n: x.n + y.n, a: Number.isNaN(x.a) || y.a < x.a ? y.a : x.a, b: 0 }),
  max: (x, y) => ({ n: x.n + y.n, a: Number.isNaN(x.a) || y.a > x.a ? y.a : x.a, b: 0 }),
  spread: (x, y) => {
    const n = x.n + y.n
    const apart = y.a - x.a
    return { n, a: x.a + apart * (y.n / n), b: x.b + y.b + apart * apart * x.n * (y.n / n) }
  },
  quantile: (x, y) => {
    const left = x.samples ?? NONE
    const right = y.samples ?? NONE
    const samples = new Float64Array(left.length + right.length)
    samples.set(left)
    samples.set(right, left.length)
    return { n: x.n + y.n, a: 0, b: 0, samples }
  },
  first: (x, y) => (compareOrder(x.order, y.order) <= 0 ? { ...x, n: x.n + y.n } : { ...y, n: x.n + y.n }),
  last: (x, y) => (compareOrder(x.order, y.order) > 0 ? { ...x, n: x.n + y.n } : { ...y, n: x.n + y.n }),
}

const NONE = new Float64Array(0)

/** The state of one sample. */
export function stateOf(kind: AggregateKind, value: number, order: SampleOrder): State {
  switch (kind) {
    case 'spread':
      // The distance of an infinity from itself is none.
      return { n: 1, a: value, b: Number.isFinite(value) ? 0 : Number.NaN }
    case 'quantile':
      return { n: 1, a: 0, b: 0, samples: Float64Array.of(value) }
    case 'first':
    case 'last':
      return { n: 1, a: value, b: 0, order }
    default:
      return { n: 1, a: value, b: 0 }
  }
}

function compareOrder(x: SampleOrder | undefined, y: SampleOrder | undefined): number {
  if (!x || !y) return x ? -1 : 1
  if (x.timeNs !== y.timeNs) return x.timeNs < y.timeNs ? -1 : 1
  return x.rank - y.rank || x.part - y.part || x.offset - y.offset
}
