import type { Complain } from '../../complaints.ts'

/** From `fromMs` up to, not including, `untilMs`; milliseconds since the epoch. */
export interface Period {
  readonly fromMs: number
  readonly untilMs: number
}

export const ALWAYS: Period = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY }

/** Which file is written, and what becomes of it when it is full or its time is over. */
export interface FilePlan {
  /** The file to append to; undefined while that depends on the first record. */
  readonly path: string | undefined
  /** Size that a file may reach, bytes; infinite for no bound. A longer record has a file for itself. */
  readonly maxBytes: number
  /**
   * Told of the first record, before it is written: its time, and when the file was changed last if one with content is
   * there. Gives the period that the file is for.
   */
  begin(timeMs: number, modifiedMs: number | undefined): Period
  /**
   * Puts the file away, or chooses another, for a record that must not go into it. The file is closed meanwhile. Gives
   * the period of the file that `path` names then. Throws when it cannot; the old file is written on then.
   */
  turn(timeMs: number): Period
  /** Resolves when work in the background is done; never rejects. */
  settled(): Promise<void>
}

/** Where a handler writes and how. */
export interface Place {
  /** What two handlers must have in common to write to the same files: the absolute path, or its pattern. */
  readonly key: string
  /** How the files are made, for comparing: the same place under other rules is refused. */
  readonly rules: string
  readonly truncate: boolean
  plan(complain: Complain): FilePlan
}

/** One file for ever. */
export function singleFile(path: string): FilePlan {
  return {
    path,
    maxBytes: Number.POSITIVE_INFINITY,
    begin: () => ALWAYS,
    turn: () => ALWAYS,
    settled: async () => {},
  }
}
