import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** One file of records, in memory. */
export interface Segment {
  readonly path: string
  /** Bytes of records that are on the disk; what may stand behind them in the file is not valid. */
  bytes: number
  /** How many bytes of records were in the spool before it, ever: places in different segments compare by it. */
  readonly base: number
  /** Sequences of its records; none when `last` is below `first`. */
  first: number
  last: number
  /** Times of its first and its newest record. */
  oldestMs: number
  newestMs: number
  /** The file is gone. */
  removed: boolean
}

/** A segment without records yet; its file is named after the sequence that its first one will have. */
export function newSegment(folder: string, first: number, base: number): Segment {
  const path = join(folder, `${String(first).padStart(8, '0')}.spool`)
  return { path, bytes: 0, base, first, last: first - 1, oldestMs: 0, newestMs: 0, removed: false }
}

export function isEmpty({ first, last }: Segment): boolean {
  return last < first
}

/** Takes a record at its end. */
export function extend(segment: Segment, sequence: number, atMs: number): void {
  if (isEmpty(segment)) {
    segment.first = sequence
    segment.oldestMs = atMs
    segment.newestMs = atMs
  }
  segment.last = sequence
  segment.newestMs = Math.max(segment.newestMs, atMs)
}

/** First sequences of the segments in a folder, oldest first. */
export function firstSequences(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => Number(/^(\d{8,15})\.spool$/.exec(name)?.[1] ?? Number.NaN))
    .filter((number) => number > 0)
    .sort((a, b) => a - b)
}
