/** Timers hold no longer waits. */
const LONGEST_MS = 2 ** 31 - 1

/**
 * The next moment at which clocks here show this time of the day. When clocks are put forward over it, the moment an hour
 * later; when they are put back and it comes twice, the first of the two.
 *
 * @param at `02:00`
 */
export function nextTime(at: string, nowMs: number): number {
  const [hour = 0, minute = 0] = at.split(':').map(Number)
  const now = new Date(nowMs)
  for (let day = 0; ; day++) {
    const moment = new Date(now.getFullYear(), now.getMonth(), now.getDate() + day, hour, minute).getTime()
    if (moment > nowMs) return moment
  }
}

/** Calls back each day at this time; by the clock, which may be set meanwhile. Gives the way to end it. */
export function daily(at: string, now: () => number, call: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>
  const wait = (dueMs: number) => {
    // In steps, because a machine that sleeps, or a clock that is set, would make one long wait wrong.
    const stepMs = Math.min(60_000, Math.max(0, dueMs - now()), LONGEST_MS)
    timer = setTimeout(() => {
      if (now() < dueMs) return wait(Math.min(dueMs, nextTime(at, now())))
      wait(nextTime(at, now()))
      call()
    }, stepMs)
    timer.unref()
  }
  wait(nextTime(at, now()))
  return () => clearTimeout(timer)
}
