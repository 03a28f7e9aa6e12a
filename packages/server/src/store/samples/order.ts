import { bitsOf, isStaleMarker } from '../../model/sample-batch.ts'

/** Samples of one series: columns of equal length. */
export interface Columns {
  readonly times: Float64Array
  readonly values: Float64Array
}

/**
 * Puts samples in order of time, each time once. What the engine gives is a few ascending runs, one or more for every
 * part that has not been merged, so runs are merged; nothing is copied when there is but one without repetitions.
 *
 * Of several values at one time the greater counts, a number before a NaN and anything before the stale marker: the same
 * answer whatever the order in which they came and were merged.
 */
export function inOrder({ times, values }: Columns): Columns {
  const starts = runStarts(times)
  const from = starts.length === 1 ? undefined : merge(times, starts)
  const repeats = countRepeats(times, from)
  if (from === undefined && repeats === 0) return { times, values }
  return gather(times, values, from, times.length - repeats)
}

/** Where a time is less than the one before. */
function runStarts(times: Float64Array): number[] {
  const starts = [0]
  for (let i = 1; i < times.length; i++) if ((times[i] as number) < (times[i - 1] as number)) starts.push(i)
  return starts
}

/** Places of the samples in order of time; equal times keep their order. Merges neighbouring runs until one is left. */
function merge(times: Float64Array, starts: readonly number[]): Uint32Array {
  const count = times.length
  let from = new Uint32Array(count)
  for (let i = 0; i < count; i++) from[i] = i
  let to = new Uint32Array(count)
  let runs = starts
  while (runs.length > 1) {
    const merged: number[] = []
    for (let r = 0; r < runs.length; r += 2) {
      const start = runs[r] as number
      const middle = runs[r + 1] ?? count
      const end = runs[r + 2] ?? count
      merged.push(start)
      let a = start
      let b = middle
      for (let i = start; i < end; i++) {
        const takeA =
          a < middle && (b >= end || (times[from[a] as number] as number) <= (times[from[b] as number] as number))
        to[i] = from[takeA ? a++ : b++] as number
      }
    }
    const last = from
    from = to
    to = last
    runs = merged
  }
  return from
}

function countRepeats(times: Float64Array, from: Uint32Array | undefined): number {
  let repeats = 0
  for (let i = 1; i < times.length; i++) {
    const a = times[from === undefined ? i - 1 : (from[i - 1] as number)]
    if (a === times[from === undefined ? i : (from[i] as number)]) repeats++
  }
  return repeats
}

function gather(times: Float64Array, values: Float64Array, from: Uint32Array | undefined, count: number): Columns {
  const toTimes = new Float64Array(count)
  const toValues = new Float64Array(count)
  const bits = bitsOf(values)
  const toBits = bitsOf(toValues)
  let n = -1
  for (let i = 0; i < times.length; i++) {
    const at = from === undefined ? i : (from[i] as number)
    const time = times[at] as number
    if (n < 0 || time !== toTimes[n]) toTimes[++n] = time
    else if (!counts(bits, values, at, toBits, toValues, n)) continue
    // As bits: a copy as a number may lose those of a NaN.
    toBits[2 * n] = bits[2 * at] as number
    toBits[2 * n + 1] = bits[2 * at + 1] as number
  }
  return { times: toTimes, values: toValues }
}

/** Whether the value at `at` counts rather than the one that stands at `n`. */
function counts(
  bits: Uint32Array,
  values: Float64Array,
  at: number,
  heldBits: Uint32Array,
  held: Float64Array,
  n: number,
): boolean {
  if (isStaleMarker(bits, at)) return false
  if (isStaleMarker(heldBits, n)) return true
  const value = values[at] as number
  const other = held[n] as number
  return Number.isNaN(other) ? !Number.isNaN(value) : value > other
}
