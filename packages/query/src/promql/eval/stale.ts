/** High and low word of the NaN that ends a series. Ordinary NaNs, which are samples, have other bits. */
const STALE_HIGH = 0x7ff00000
const STALE_LOW = 2
const HIGH_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0

/** The stale marker's bits: reading them as a number in between may change them, so they are copied as words. */
export function markStale(values: Float64Array, index: number): void {
  const words = wordsOf(values)
  words[index * 2 + HIGH_WORD] = STALE_HIGH
  words[index * 2 + 1 - HIGH_WORD] = STALE_LOW
}

/** Whether the sample at an index is a stale marker. Only asked for NaNs, so it need not be fast. */
export function isStaleAt(values: Float64Array, index: number): boolean {
  const words = wordsOf(values)
  return words[index * 2 + HIGH_WORD] === STALE_HIGH && words[index * 2 + 1 - HIGH_WORD] === STALE_LOW
}

function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2)
}

export interface Samples {
  readonly times: Float64Array
  readonly values: Float64Array
}

function hasStale(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i]) && isStaleAt(values, i)) return true
  return false
}

/** The samples without stale markers; the same arrays where there are none. */
export function withoutStale(samples: Samples): Samples {
  const { times, values } = samples
  if (!hasStale(values)) return samples
  const keptTimes = new Float64Array(times.length)
  const keptValues = new Float64Array(times.length)
  let kept = 0
  for (let i = 0; i < times.length; i++) {
    const value = values[i] as number
    if (Number.isNaN(value) && isStaleAt(values, i)) continue
    keptTimes[kept] = times[i] as number
    keptValues[kept++] = value
  }
  return { times: keptTimes.subarray(0, kept), values: keptValues.subarray(0, kept) }
}
