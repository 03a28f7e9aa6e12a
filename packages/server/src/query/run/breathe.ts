import { createTurns, STRETCH_MS } from './turns.ts'

/** All such work takes turns with one another, as queries do. */
const turns = createTurns()

/**
 * For work of unknown length: what comes back is to be called often, and gives a promise to wait for when the work has held
 * the event loop for a stretch.
 */
export function startBreathing(): () => Promise<void> | undefined {
  let stretchEnd = performance.now() + STRETCH_MS
  return () =>
    performance.now() < stretchEnd
      ? undefined
      : turns.next().then(() => {
          stretchEnd = performance.now() + STRETCH_MS
        })
}
