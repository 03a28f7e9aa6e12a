/** Always the same numbers for a seed (mulberry32): tests print the seed, and a failure can be had again. */
export interface Random {
  /** From 0 to 1, without 1. */
  share(): number
  /** From 0 to limit, without limit. */
  whole(limit: number): number
  pick<T>(list: readonly T[]): T
  /** Text of that many of the characters. */
  text(characters: string, length: number): string
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const share = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (limit: number) => Math.floor(share() * limit)
  return {
    share,
    whole,
    pick: (list) => list[whole(list.length)] as never,
    text: (characters, length) => Array.from({ length }, () => characters[whole(characters.length)]).join(''),
  }
}
