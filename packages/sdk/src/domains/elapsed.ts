/** Milliseconds of a clock that is never set. */
export const monotonicMs = (): number => performance.now()

/** Milliseconds since `startMs`, to the nanosecond: differences of floats have digits behind that mean nothing. */
export function elapsedMs(now: () => number, startMs: number): number {
  return Math.round((now() - startMs) * 1e6) / 1e6
}
