import { type Labels, quantileOf, type RangeAggregation, type Series } from '@girok/query'
import { type AggregateKind, scaleOf, type WindowRun } from './kind.ts'
import { MERGES, type Merge, type State } from './state.ts'

/** Samples that are in exactly the same windows, put together. */
interface Bucket extends WindowRun {
  state: State
}

/** The buckets of one series. */
export interface PartialSeries {
  readonly labels: Labels
  readonly buckets: Bucket[]
}

/** The points of a series, from its buckets in any order. */
export function pointsOf(partial: PartialSeries, node: RangeAggregation, kind: AggregateKind, count: number): Series {
  const values = new Float64Array(count)
  const present = new Uint8Array(count)
  const scale = scaleOf(node)
  const parameter = node.parameter ?? Number.NaN
  const root = node.op === 'stddev_over_time'
  const put = (k: number, state: State): void => {
    present[k] = 1
    values[k] = pointOf(kind, state, parameter, root, scale)
  }
  const { buckets } = partial
  if (buckets.every(({ first, end }) => end - first === 1)) eachAlone(buckets, MERGES[kind], count, put)
  else if (kind === 'count') eachCounted(buckets, count, put)
  else if (kind === 'quantile') eachGathered(buckets, count, put)
  else eachSliding(buckets, MERGES[kind], count, put)
  return { labels: partial.labels, values, present }
}

type Put = (k: number, state: State) => void

function eachAlone(buckets: readonly Bucket[], merge: Merge, count: number, put: Put): void {
  const states: (State | undefined)[] = new Array(count)
  for (const { first, state } of buckets) {
    const held = states[first]
    states[first] = held ? merge(held, state) : state
  }
  for (let k = 0; k < count; k++) if (states[k]) put(k, states[k] as State)
}

/** Whole numbers can be taken away again: two notes a bucket, however many windows it is in. */
function eachCounted(buckets: readonly Bucket[], count: number, put: Put): void {
  const changes = new Float64Array(count + 1)
  for (const { first, end, state } of buckets) {
    changes[first] = (changes[first] as number) + state.n
    changes[end] = (changes[end] as number) - state.n
  }
  let n = 0
  for (let k = 0; k < count; k++) {
    n += changes[k] as number
    if (n > 0) put(k, { n, a: 0, b: 0 })
  }
}

/**
 * Windows move forward over the buckets, which what is merged cannot be taken out of again. So what is held is kept in two
 * stacks: behind a point all suffixes of what came before it, merged beforehand, and what came since, merged as it comes.
 * Each bucket is merged three times at most, however much the windows overlap.
 */
function eachSliding(buckets: Bucket[], merge: Merge, count: number, put: Put): void {
  buckets.sort((x, y) => x.first - y.first || x.end - y.end)
  /** suffixes[i]: buckets front + i … back, the last one first. */
  let suffixes: State[] = []
  let since: State | undefined
  let front = 0
  let turned = 0
  let next = 0
  for (let k = 0; k < count; k++) {
    for (; next < buckets.length && (buckets[next] as Bucket).first <= k; next++) {
      const { state } = buckets[next] as Bucket
      since = since ? merge(since, state) : state
    }
    while (front < next && (buckets[front] as Bucket).end <= k) {
      if (front === turned) {
        suffixes = []
        for (let i = next - 1; i >= front; i--) {
          const { state } = buckets[i] as Bucket
          const behind = suffixes.at(-1)
          suffixes.push(behind ? merge(state, behind) : state)
        }
        turned = next
        since = undefined
      }
      suffixes.pop()
      front++
    }
    if (front === next) continue
    const before = suffixes.at(-1)
    if (before && since) put(k, merge(before, since))
    else if (before ?? since) put(k, (before ?? since) as State)
  }
}

/** Samples that are all needed at once are gathered for each window anew: nothing merged is kept. */
function eachGathered(buckets: Bucket[], count: number, put: Put): void {
  buckets.sort((x, y) => x.first - y.first || x.end - y.end)
  let from = 0
  let to = 0
  for (let k = 0; k < count; k++) {
    while (to < buckets.length && (buckets[to] as Bucket).first <= k) to++
    while (from < to && (buckets[from] as Bucket).end <= k) from++
    if (from < to) put(k, gathered(buckets, from, to))
  }
}

function gathered(buckets: readonly Bucket[], from: number, to: number): State {
  let n = 0
  for (let i = from; i < to; i++) n += (buckets[i] as Bucket).state.n
  const samples = new Float64Array(n)
  let at = 0
  for (let i = from; i < to; i++) {
    const { state } = buckets[i] as Bucket
    if (!state.samples) return state
    samples.set(state.samples, at)
    at += state.samples.length
  }
  return { n, a: 0, b: 0, samples }
}

function pointOf(
  kind: AggregateKind,
  { n, a, b, samples }: State,
  parameter: number,
  root: boolean,
  scale: number,
): number {
  switch (kind) {
    case 'count':
      return n / scale
    case 'sum':
      return a / scale
    case 'spread':
      return root ? Math.sqrt(b / n) : b / n
    case 'quantile':
      // Beyond its bounds the answer does not depend on the samples, and none were asked for.
      if (!(parameter >= 0 && parameter <= 1)) return quantileOf(parameter, new Float64Array(1))
      return samples ? quantileOf(parameter, Float64Array.from(samples)) : a
    default:
      return a
  }
}
