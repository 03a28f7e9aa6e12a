/**
 * Where a request has several values of a series at one time, the last of them counts, as senders expect: it takes the
 * place of the others, so that none is left for the store to choose from. Values are pairs of 32 bits.
 */
export function lastValuesCount(count: number, series: Uint32Array, timeMs: Float64Array, bits: Uint32Array): void {
  const lastAt = new Map<number, Map<number, number>>()
  for (let i = count - 1; i >= 0; i--) {
    const index = series[i] as number
    let times = lastAt.get(index)
    if (times === undefined) {
      times = new Map()
      lastAt.set(index, times)
    }
    const time = timeMs[i] as number
    const last = times.get(time)
    if (last === undefined) {
      times.set(time, i)
      continue
    }
    bits[2 * i] = bits[2 * last] as number
    bits[2 * i + 1] = bits[2 * last + 1] as number
  }
}
