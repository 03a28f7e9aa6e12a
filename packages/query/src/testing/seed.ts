/** The seed of a random test, printed so that a failure can be repeated with the environment variable FUZZ_SEED. */
export function testSeed(test: string): number {
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 0x7fffffff)
  console.info(`${test}: FUZZ_SEED=${seed}`)
  return seed
}

/** Small seeded generator (mulberry32): numbers in [0, 1). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
