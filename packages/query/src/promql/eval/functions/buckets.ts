import type { MonotonicityFix } from '../annotations.ts'

/** A bucket of a classic histogram: how many observations were at most as large as its bound. */
export interface Bucket {
  readonly bound: number
  count: number
}

/** Relative differences of counts up to this come of rounding, and are put right without telling. */
const ROUNDING = 1e-12
const SMALLEST_NORMAL = 2.2250738585072014e-308

/** In order of their bounds, equal bounds as one bucket. */
function sortedBuckets(buckets: readonly Bucket[]): Bucket[] {
  const joined: Bucket[] = []
  for (const bucket of [...buckets].sort((a, b) => a.bound - b.bound)) {
    const last = joined.at(-1)
    if (last !== undefined && last.bound === bucket.bound) last.count += bucket.count
    else joined.push({ ...bucket })
  }
  return joined
}

function almostEqual(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  const size = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  if (a === 0 || b === 0 || size < SMALLEST_NORMAL) return difference < ROUNDING * SMALLEST_NORMAL
  return difference / Math.min(size, Number.MAX_VALUE) < ROUNDING
}

/** Raises counts that fall; tells what had to be raised, rounding aside. */
function makeMonotonic(buckets: readonly Bucket[]): MonotonicityFix | undefined {
  let fix: MonotonicityFix | undefined
  let previous = (buckets[0] as Bucket).count
  for (const bucket of buckets.slice(1)) {
    const { bound, count } = bucket
    if (count === previous) continue
    if (almostEqual(previous, count)) bucket.count = previous
    else if (count < previous) {
      const diff = previous - count
      fix = {
        minBucket: fix === undefined ? bound : Math.min(fix.minBucket, bound),
        maxBucket: fix === undefined ? bound : Math.max(fix.maxBucket, bound),
        maxDiff: fix === undefined ? diff : Math.max(fix.maxDiff, diff),
      }
      bucket.count = previous
    } else previous = count
  }
  return fix
}

export interface BucketQuantile {
  readonly value: number
  readonly fix?: MonotonicityFix | undefined
}

/**
 * The q-quantile of a classic histogram, by linear interpolation within its bucket. In the highest bucket, the bound below
 * it; in a lowest bucket that does not reach above zero, its bound. NaN without a bucket to infinity, with one bucket only
 * or without observations.
 */
export function bucketQuantile(q: number, unsorted: readonly Bucket[]): BucketQuantile {
  if (Number.isNaN(q)) return { value: Number.NaN }
  if (q < 0) return { value: Number.NEGATIVE_INFINITY }
  if (q > 1) return { value: Number.POSITIVE_INFINITY }
  const buckets = sortedBuckets(unsorted)
  const last = buckets.length - 1
  if ((buckets[last] as Bucket).bound !== Number.POSITIVE_INFINITY) return { value: Number.NaN }
  const fix = makeMonotonic(buckets)
  const observations = (buckets[last] as Bucket).count
  if (buckets.length < 2 || observations === 0) return { value: Number.NaN }
  let rank = q * observations
  let at = 0
  while (at < last && !((buckets[at] as Bucket).count >= rank)) at++
  if (at === last) return { value: (buckets[last - 1] as Bucket).bound, fix }
  const { bound, count } = buckets[at] as Bucket
  if (at === 0) return { value: bound <= 0 ? bound : bound * (rank / count), fix }
  const below = buckets[at - 1] as Bucket
  rank -= below.count
  return { value: below.bound + (bound - below.bound) * (rank / (count - below.count)), fix }
}

/**
 * The part of the observations between two values, by linear interpolation. Nothing is known of where observations lie in
 * buckets without a bound on one side: they count when they lie within as a whole.
 */
export function bucketFraction(lower: number, upper: number, unsorted: readonly Bucket[]): number {
  const buckets = sortedBuckets(unsorted)
  const last = buckets.at(-1)
  if (last === undefined || last.bound !== Number.POSITIVE_INFINITY) return Number.NaN
  if (last.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN
  if (lower >= upper) return 0
  return (rankOf(upper, buckets, last.count) - rankOf(lower, buckets, last.count)) / last.count
}

/** How many observations lie below a value. */
function rankOf(value: number, buckets: readonly Bucket[], observations: number): number {
  let rank = 0
  let start = (buckets[0] as Bucket).bound <= 0 ? Number.NEGATIVE_INFINITY : 0
  for (const { bound, count } of buckets) {
    if (start >= value) return Math.min(rank, observations)
    if (bound > value) {
      if (start === Number.NEGATIVE_INFINITY) return Math.min(count, observations)
      return Math.min(rank + ((count - rank) * (value - start)) / (bound - start), observations)
    }
    rank = count
    start = bound
  }
  return observations
}
