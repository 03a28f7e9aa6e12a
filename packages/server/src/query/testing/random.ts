/** A repeatable source of choices. */
export interface Random {
  /** 0 ≤ n < 1 */
  next(): number
  /** 0 ≤ n < end, whole */
  below(end: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
}

/** @param seed the same seed gives the same choices */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0 || 1
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    next,
    below: (end) => Math.floor(next() * end),
    chance: (probability) => next() < probability,
    pick: (from) => from[Math.floor(next() * from.length)] as (typeof from)[number],
  }
}
