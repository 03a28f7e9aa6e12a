import type { Place, SourceLine } from '../model/source.ts'
import type { CutLine } from './line-cutter.ts'

/** Makes of the lines of one file what they stand for: blocks of several lines, the pieces of a container's line joined. */
export interface LineShape {
  /** Takes lines in order; pushes to `out`, in order of their places, what they complete. */
  take(lines: readonly CutLine[], nowMs: number, out: SourceLine[]): void
  /** Pushes what has waited long enough, or `all` that is held. */
  flush(nowMs: number, all: boolean, out: SourceLine[]): void
  /** Where the first line begins that is held: the file is read again from there after a crash. */
  readonly heldPlace: Place | undefined
  /** The file is read from a place that is no offset alone, as `heldPlace` or a line has given it; gives the offset. */
  readonly resume?: (place: string) => number
}
