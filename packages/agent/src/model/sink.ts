import type { Labels, Place, Source, SourceLine } from './source.ts'

/** Takes lines from inputs. */
export interface LineSink {
  /**
   * Takes lines of a source, in order; `after` is where the source stands behind the last of them, or undefined when it
   * cannot be read again. No lines at all is allowed, to move the place on (a file that was replaced). They are in the
   * spool some moments later, together with the place: after a crash the source is read again from what was kept.
   * Never fails.
   */
  write(source: Source, lines: readonly SourceLine[], after: Place | undefined): void
  /** The source is over and everything was written: its position may be forgotten. */
  end(source: Source): void
  /**
   * Undefined when the sink takes more at once; else a promise of that. Inputs that can wait (files) ask before each read
   * and wait; those that cannot (a pipe, a journal that is rotated) may ask with `urgent`, which only waits for memory.
   * `urgent` reads go on into the spool while it grows to its bound; others wait as soon as it holds more than its
   * read-ahead, because what they would read is as safe where it is.
   */
  room(urgent: boolean): Promise<void> | undefined
}

/** One series at one moment. */
export interface Sample {
  /** With `__name__`. */
  readonly labels: Labels
  /** Ignored when `stale`. */
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  /** The series has ended: written as Prometheus' stale marker. */
  readonly stale?: boolean
  readonly exemplar?: { readonly labels: Labels; readonly value: number; readonly timeMs: number }
}

export type MetricType =
  | 'unknown'
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'gaugehistogram'
  | 'summary'
  | 'info'
  | 'stateset'

/** What a metric family is, as its exporter describes it. */
export interface MetricDescription {
  readonly metric: string
  readonly type: MetricType
  readonly help: string
  readonly unit: string
}

/** Takes samples from inputs. */
export interface SampleSink {
  /** Takes samples that were observed together; descriptions need to be given once per metric. Never fails. */
  write(samples: readonly Sample[], descriptions?: readonly MetricDescription[]): void
}
