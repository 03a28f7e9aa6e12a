export interface FixedClock {
  /** Milliseconds since the epoch; goes wherever the library takes `now`. */
  readonly now: () => number
  /** Moves on, by milliseconds; back with a negative number. */
  advance(ms: number): void
  /** Goes to a moment: milliseconds since the epoch, a Date, or its text. */
  set(time: number | Date | string): void
}

/**
 * A clock that stands still until it is moved. It begins at `start` (default 2026-01-01T00:00:00Z): milliseconds since the
 * epoch, a Date, or its text.
 * @throws RangeError for what is no time
 */
export function fixedClock(start: number | Date | string = Date.UTC(2026, 0, 1)): FixedClock {
  let timeMs = milliseconds(start)
  return {
    now: () => timeMs,
    advance(ms) {
      timeMs = milliseconds(timeMs + ms)
    },
    set(time) {
      timeMs = milliseconds(time)
    },
  }
}

function milliseconds(time: number | Date | string): number {
  const ms = typeof time === 'number' ? time : new Date(time).getTime()
  if (!Number.isFinite(ms)) throw new RangeError(`fixedClock: ${JSON.stringify(time)} is no time`)
  return ms
}
