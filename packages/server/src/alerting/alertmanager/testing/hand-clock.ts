import type { Clock } from '../clock.ts'

/** A clock that stands still until it is told to move. */
export interface HandClock extends Clock {
  /**
   * Moves time forward and runs, in order of time, all that falls due on the way, also what is asked for meanwhile. After
   * each moment it lets promises settle, so that what follows from a timer happens at that time of the clock.
   */
  advance(ms: number): Promise<void>
  /** Lets promises settle without moving time. */
  settle(): Promise<void>
  /** Calls that are waited for. */
  waiting(): number
}

interface Alarm {
  readonly atMs: number
  /** Of two at the same time the one that was asked for first goes first. */
  readonly order: number
  readonly call: () => void
}

/** Turns of the event loop after which what promises lead to has happened, where no real input or output is waited for. */
const SETTLING_TURNS = 3

export function createHandClock(startMs = Date.UTC(2026, 0, 1)): HandClock {
  let nowMs = startMs
  let asked = 0
  const alarms = new Set<Alarm>()

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < SETTLING_TURNS; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
  }
  const nextUntil = (untilMs: number): Alarm | undefined => {
    let next: Alarm | undefined
    for (const alarm of alarms) {
      if (alarm.atMs > untilMs) continue
      if (next === undefined || alarm.atMs < next.atMs || (alarm.atMs === next.atMs && alarm.order < next.order)) {
        next = alarm
      }
    }
    return next
  }

  return {
    now: () => nowMs,
    after(delayMs, call) {
      const alarm: Alarm = { atMs: nowMs + Math.max(0, delayMs), order: asked++, call }
      alarms.add(alarm)
      return () => {
        alarms.delete(alarm)
      }
    },
    async advance(ms) {
      const untilMs = nowMs + ms
      await settle()
      for (let alarm = nextUntil(untilMs); alarm !== undefined; alarm = nextUntil(untilMs)) {
        nowMs = Math.max(nowMs, alarm.atMs)
        // All of one moment go together, then what follows from them.
        for (let same: Alarm | undefined = alarm; same !== undefined; same = nextUntil(nowMs)) {
          alarms.delete(same)
          same.call()
        }
        await settle()
      }
      nowMs = untilMs
    },
    settle,
    waiting: () => alarms.size,
  }
}
