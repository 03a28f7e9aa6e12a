/** What is known of where lines come from, and how far they were read. */

/** Label names and values, without order; one Map per distinct set, so that its identity may be a key. */
export type Labels = ReadonlyMap<string, string>

/**
 * Where a line begins in its source: for files the offset of its first byte, for journald the cursor of the entry before.
 * A source that is read again from there gives this line first.
 */
export type Place = number | string

/** One thing that lines come from: a file (not a path: a renamed file is the same source), a journal, standard input. */
export interface Source {
  /** Unlike that of any other source of this agent, the same after a restart. */
  readonly key: string
  /** Name of the input it belongs to, as the configuration calls it: `file[0]`, `app logs`. */
  readonly input: string
  /** Labels of its lines before any processor. */
  readonly labels: Labels
  /**
   * What the input needs to know the source again after a restart (path, device, inode, fingerprint): plain data that is
   * kept beside the place. Undefined for sources that cannot be read again (standard input): their places are not kept.
   */
  readonly identity?: unknown
}

/** A line as an input read it. */
export interface SourceLine {
  /** Without the end of line. */
  readonly text: string
  /** Nanoseconds since the epoch when the source says so; undefined: the time of reading. */
  readonly timeNs?: bigint
  /** Structured metadata besides labels. */
  readonly metadata?: readonly (readonly [name: string, value: string])[]
  /** Where the line begins; undefined for sources that cannot be read again. */
  readonly place?: Place
  /**
   * Instead of the source's labels, where one source yields lines of several streams (stdout and stderr of a container):
   * all labels of the line, one Map per distinct set.
   */
  readonly labels?: Labels
}

/** How far a source is kept: everything before `place` stands in the spool, or was dropped on purpose. */
export interface SourcePosition {
  readonly key: string
  readonly identity: unknown
  /** Null: the source is over (rotated away and read to its end, deleted); the position is forgotten. */
  readonly place: Place | null
}
