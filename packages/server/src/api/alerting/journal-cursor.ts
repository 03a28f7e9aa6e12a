import { GirokError } from '../../model/errors.ts'

/** A place among entries that are listed newest first. Many may be of one millisecond: those of it are counted. */
export interface JournalCursor {
  /** Entries after this time lie behind. */
  readonly timeMs: number
  /** So many of this very millisecond lie behind as well. */
  readonly skip: number
}

/** The place after an entry of a time. */
export function past(at: JournalCursor, timeMs: number): JournalCursor {
  return timeMs === at.timeMs ? { timeMs, skip: at.skip + 1 } : { timeMs, skip: 1 }
}

/** As addresses hold it: `1763794800123.4`. */
export function printCursor({ timeMs, skip }: JournalCursor): string {
  return `${timeMs}.${skip}`
}

/** @throws GirokError `bad_request` for what `printCursor` did not write */
export function parseCursor(text: string): JournalCursor {
  const [, time, skip] = /^(\d{1,15})\.(\d{1,6})$/.exec(text) ?? []
  if (time === undefined || skip === undefined) {
    throw new GirokError('bad_request', 'before must be the older of an answer, as it was given')
  }
  return { timeMs: Number(time), skip: Number(skip) }
}
