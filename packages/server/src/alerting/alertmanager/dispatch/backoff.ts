const FIRST_MS = 500
const FACTOR = 1.5
const LONGEST_MS = 60_000
/** Each wait is this much shorter or longer, so that many who failed together do not come again together. */
const SPREAD = 0.5

/** Waits between attempts, as Alertmanager has them: 0.5 s, half as much more each time, at most a minute, spread by half. */
export function createBackoff(random: () => number): () => number {
  let waitMs = FIRST_MS
  return () => {
    const spread = 1 - SPREAD + 2 * SPREAD * random()
    const thisMs = waitMs * spread
    waitMs = Math.min(waitMs * FACTOR, LONGEST_MS)
    return thisMs
  }
}
