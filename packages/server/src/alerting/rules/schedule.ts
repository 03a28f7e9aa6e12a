import { createHash } from 'node:crypto'

/**
 * Milliseconds into each interval at which a group is evaluated: the same after every restart, and different between
 * groups, so that they do not all start at once.
 */
export function offsetInInterval(group: { readonly name: string; readonly file: string }, intervalMs: number): number {
  const digest = createHash('sha256').update(group.file).update('\0').update(group.name).digest()
  return Number(digest.readBigUInt64BE(0) % BigInt(intervalMs))
}

/** The next time of evaluation after `nowMs`: times lie at whole intervals since the epoch plus the group's offset. */
export function nextEvaluation(nowMs: number, intervalMs: number, offsetMs: number): number {
  return Math.floor((nowMs - offsetMs) / intervalMs) * intervalMs + intervalMs + offsetMs
}

export interface Ticks {
  /** Ends; resolves when the evaluation under way has ended. */
  stop(): Promise<void>
}

/**
 * Calls `evaluate` at each time of evaluation, never twice at once. What falls into an evaluation that is still under way
 * is left out and told to `missed`, not made up for.
 */
export function startTicks(
  { intervalMs, offsetMs }: { readonly intervalMs: number; readonly offsetMs: number },
  evaluate: (timeMs: number, signal: AbortSignal) => Promise<void>,
  missed: (count: number) => void,
  now: () => number = Date.now,
): Ticks {
  const stop = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const wait = (nextMs: number): void => {
    timer = setTimeout(
      () => {
        running = turn(nextMs)
      },
      Math.max(0, nextMs - now()),
    )
    timer.unref()
  }
  const turn = async (timeMs: number): Promise<void> => {
    try {
      await evaluate(timeMs, stop.signal)
    } catch (error) {
      if (!stop.signal.aborted) throw error
    }
    if (stop.signal.aborted) return
    const nextMs = nextEvaluation(Math.max(now(), timeMs), intervalMs, offsetMs)
    const left = Math.round((nextMs - timeMs) / intervalMs) - 1
    if (left > 0) missed(left)
    wait(nextMs)
  }
  wait(nextEvaluation(now(), intervalMs, offsetMs))
  return {
    stop() {
      stop.abort()
      clearTimeout(timer)
      return running
    },
  }
}
