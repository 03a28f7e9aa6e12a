/** Where the library tells of its own failures: it has no logger to use for that. */
export type Complain = (text: string) => void

export interface ComplaintOptions {
  /** Takes one line. Default: console.error. */
  readonly write?: (line: string) => void
  /** At most one line per this time, milliseconds; the number held back is told with the next. Default 60,000. */
  readonly intervalMs?: number
  /** Milliseconds; replaced in tests. */
  readonly now?: () => number
}

/** A complaint book that is quiet enough to be left on: a destination that is down fails thousands of times a minute. */
export function createComplaints(options: ComplaintOptions = {}): Complain {
  const { write = (line) => console.error(line), intervalMs = 60_000, now = Date.now } = options
  let last = Number.NEGATIVE_INFINITY
  let heldBack = 0
  return (text) => {
    const time = now()
    if (time - last < intervalMs) {
      heldBack++
      return
    }
    last = time
    const more = heldBack === 0 ? '' : ` (${heldBack} more since the last message)`
    heldBack = 0
    try {
      write(`girok sdk: ${text}${more}`)
    } catch {
      // The last resort failed too; there is nowhere left to tell, and logging must not end a program.
    }
  }
}
