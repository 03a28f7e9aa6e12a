/** Time as the manager sees it; tests move it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls once after a delay (0: as soon as possible, never at once); the returned function cancels it. */
  after(delayMs: number, call: () => void): () => void
}

/** Node's timers fire at once when asked to wait longer than this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, call) {
    let timer: NodeJS.Timeout
    const wait = (leftMs: number): void => {
      const stepMs = Math.min(Math.max(0, leftMs), LONGEST_TIMER_MS)
      timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : call()), stepMs)
      timer.unref()
    }
    wait(delayMs)
    return () => clearTimeout(timer)
  },
}
