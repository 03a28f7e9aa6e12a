/** Seed of a run of kills: KILL_SEED, or the clock. Printed, so that a failure can be repeated. */
export function killSeed(): number {
  const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000)
  console.log(`KILL_SEED=${seed}`)
  return seed
}

/** Numbers from 0 to 1 that look random and are the same for one seed (Lehmer's generator). */
export function randomFrom(seed: number): () => number {
  let state = seed || 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
