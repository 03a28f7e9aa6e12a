/** Whole seconds since 1970 and nanoseconds within. */
export interface Instant {
  readonly seconds: number
  readonly nanos: number
}

/** The instant `place` nanoseconds after a time in milliseconds, so that the records of a request stay in order. */
export function instantOf(ms: number, place = 0): Instant {
  const second = Math.floor(ms / 1000)
  const nanos = Math.floor((ms - second * 1000) * 1e6) + place
  return { seconds: second + Math.floor(nanos / 1e9), nanos: nanos % 1e9 }
}
