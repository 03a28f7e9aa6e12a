/** Small repeatable random source (xorshift32); the seed is printed by tests and settable by FUZZ_SEED. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0 || 1
  }

  /** Whole number, 0 ≤ n < limit. */
  below(limit: number): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    return (this.#state >>> 0) % limit
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }
}

/** Seed of this run: FUZZ_SEED, or the clock. Printed, so that a failure can be repeated. */
export function fuzzSeed(suite: string): number {
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() & 0x7fffffff)
  console.log(`${suite}: FUZZ_SEED=${seed}`)
  return seed
}

/** What matters to readers of JSON, for `mutate`. */
export const JSON_TOKENS: readonly string[] = ['"', '\\', '{', '}', '[', ']', ',', ':', 'null', '\u0000', '\n']

/** A copy of the bytes with one to four edits: bytes set, removed, repeated, inserted from `tokens`, or cut off. */
export function mutate(random: Random, bytes: Buffer, tokens: readonly string[]): Buffer {
  let result = Buffer.from(bytes)
  for (let edits = 1 + random.below(4); edits > 0; edits--) {
    const at = random.below(result.length + 1)
    const length = random.below(12)
    const before = result.subarray(0, at)
    const kind = random.below(6)
    if (kind === 0) result = Buffer.concat([before, Buffer.of(random.below(256)), result.subarray(at + 1)])
    else if (kind === 1) result = Buffer.concat([before, result.subarray(at + length)])
    else if (kind === 2) result = Buffer.concat([before, result.subarray(Math.max(0, at - length))])
    else if (kind === 3) result = Buffer.concat([before, Buffer.from(random.pick(tokens)), result.subarray(at)])
    else if (kind === 4) result = Buffer.concat([before, Buffer.from(random.pick(tokens)), result.subarray(at + 1)])
    else if (random.below(10) === 0) result = Buffer.from(before)
  }
  return result
}
