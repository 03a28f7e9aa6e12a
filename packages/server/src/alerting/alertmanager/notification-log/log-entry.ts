/** Whom it is about. */
export interface LogKey {
  readonly groupKey: string
  readonly receiver: string
  /** `slack[0]`. */
  readonly integration: string
}

/** What an integration was told last of a group. */
export interface LogEntry {
  /** Fingerprints of the alerts that it knows as firing. */
  readonly firing: ReadonlySet<string>
  /** Those that the last notification told as resolved. */
  readonly resolved: ReadonlySet<string>
  /** Told as firing earlier and silenced since: their end is still owed. */
  readonly owed: ReadonlySet<string>
  /** When the notification was through. Milliseconds since the epoch. */
  readonly atMs: number
  /** The time of the flush that it came from: the group's next flushes are multiples of its interval later. */
  readonly flushMs: number
  /** What the notifier keeps for the next notification. */
  readonly kept: ReadonlyMap<string, string>
}
