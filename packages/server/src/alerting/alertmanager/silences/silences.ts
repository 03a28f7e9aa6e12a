import type { Matcher } from '../matchers/matcher.ts'

/** Silences of people. Changes resolve when a crash cannot lose them. */
export interface Silences {
  /**
   * Also those that have expired, while they are kept. By Alertmanager's order: active ones by their end, pending ones by
   * their start, then expired ones, the latest first.
   */
  list(): readonly Silence[]
  get(id: string): Silence | undefined
  /**
   * Makes a silence, or changes the one of that id: in place where only the end, the comment or the author differ (and
   * the start, before it began); else the old one expires and another id is made. The id that is in force then. A start
   * in the past is now. Rejects with `bad_request`, in Alertmanager's words, with `not_found` for an unknown id, or with
   * `limit_exceeded` when it is too large or there are too many.
   */
  set(silence: SilenceChange): Promise<string>
  /** One that has expired already stays as it is. Rejects with `not_found`. */
  expire(id: string): Promise<void>
  /** Ids of the silences that are in force for labels now, sorted. The label set must not be changed later. */
  silencing(labels: ReadonlyMap<string, string>, nowMs: number): readonly string[]
  /** Rises with each change of what is in force, for caches. */
  version(): number
}

export interface SilenceChange {
  /** Absent: another one. */
  readonly id?: string
  readonly matchers: readonly Matcher[]
  readonly startsAtMs: number
  readonly endsAtMs: number
  readonly createdBy: string
  readonly comment: string
  readonly annotations?: ReadonlyMap<string, string>
  /**
   * In force only inside these spans between start and end; Girok's own. In a change of a silence: absent leaves them as
   * they are, because Alertmanager's clients do not know of them; an empty list removes them.
   */
  readonly recurrence?: SilenceRecurrence
  /**
   * Tells contact points that alerts have resolved which were told as firing before; Girok's own. Default: true; in a
   * change of a silence: as it is.
   */
  readonly notifyResolved?: boolean
}

/** In words of `time_intervals`: `times`, `weekdays`, `days_of_month`, `months`, `years`, `location`, as they are written there. */
export type SilenceRecurrence = readonly Readonly<Record<string, unknown>>[]

export interface Silence extends SilenceChange {
  readonly id: string
  readonly updatedAtMs: number
  readonly state: 'pending' | 'active' | 'expired'
}
