/** How many messages may still go out: so many within a time that slides along. */
export interface Allowance {
  /** May be sent now. */
  left(): number
  /** Notes one that is being sent. */
  take(): void
  /** Milliseconds until another one may be sent; 0 when one may be now. */
  waitMs(): number
}

/** `limit` messages within `windowMs`, bursts included; Infinity for no limit. */
export function createAllowance(limit: number, windowMs: number, now: () => number): Allowance {
  /** Times of the messages within the window, oldest first. */
  let taken: number[] = []

  function current(): number[] {
    const begin = now() - windowMs
    taken = taken.filter((time) => time > begin)
    return taken
  }

  return {
    left: () => Math.max(0, limit - current().length),
    take() {
      if (limit !== Number.POSITIVE_INFINITY) taken.push(now())
    },
    waitMs() {
      const times = current()
      const blocking = times[times.length - limit]
      return blocking === undefined ? 0 : blocking + windowMs - now()
    },
  }
}

/** @throws RangeError that names the option unless it is a whole number of at least 1, or Infinity */
export function checkedLimit(option: string, limit: number): number {
  if (limit >= 1 && (Number.isInteger(limit) || limit === Number.POSITIVE_INFINITY)) return limit
  throw new RangeError(`${option} is ${limit}: use a whole number of at least 1, or Infinity for no limit`)
}
