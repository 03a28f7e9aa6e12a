/** Where the library tells of its own failures; `last` is said of what is lost for good at the end of a program or handler. */
export type Complain = (text: string, last?: boolean) => void

export interface ComplaintOptions {
  /** Takes one line. Default: the outlet of setComplaintOutlet, which is the logger `girok.sdk`. */
  readonly write?: (line: string) => void
  /**
   * At most one line per this time, milliseconds; the number held back is told with the next. What is said last has no
   * next, and is told at any time. Default 60,000.
   */
  readonly intervalMs?: number
  /** Milliseconds; replaced in tests. */
  readonly now?: () => number
}

let outlet: (line: string) => void = (line) => console.error(`girok sdk: ${line}`)

/** Sends complaints elsewhere; hierarchy.ts sends them to the logger `girok.sdk`. */
export function setComplaintOutlet(write: (line: string) => void): void {
  outlet = write
}

/** A complaint book that is quiet enough to be left on: a destination that is down fails thousands of times a minute. */
export function createComplaints(options: ComplaintOptions = {}): Complain {
  const { write = (line) => outlet(line), intervalMs = 60_000, now = Date.now } = options
  let toldAt = Number.NEGATIVE_INFINITY
  let heldBack = 0
  let inside = false
  return (text, last = false) => {
    const time = now()
    // A complaint that cannot be delivered complains, and must not go round.
    if (inside || (!last && time - toldAt < intervalMs)) {
      heldBack++
      return
    }
    toldAt = time
    const more = heldBack === 0 ? '' : ` (${heldBack} more since the last message)`
    heldBack = 0
    inside = true
    try {
      write(`${text}${more}`)
    } catch {
      // The last resort failed too; there is nowhere left to tell, and logging must not end a program.
    } finally {
      inside = false
    }
  }
}
