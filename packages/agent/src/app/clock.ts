/**
 * Nanoseconds since the epoch for lines that bear no time: the clock's, and one more than the last where that is the same,
 * so that lines keep their order and no two of a source are equal in stream, time and text (Loki keeps only one of those).
 */
export function createClock(nowMs: () => number): () => bigint {
  let last = 0n
  let lastMs = 0
  return () => {
    const ms = nowMs()
    // BigInt of a number costs more than all the rest: once per millisecond is enough.
    if (ms > lastMs) {
      lastMs = ms
      const ns = BigInt(Math.floor(ms)) * 1_000_000n
      last = ns > last ? ns : last + 1n
    } else last++
    return last
  }
}
