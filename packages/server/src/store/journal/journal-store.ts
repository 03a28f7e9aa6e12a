/** What happened, in order of time: evaluations of rules, changes of alerts, notifications. Never changed, kept for a while. */
export interface JournalStore {
  /** Resolves when the entries are on the disk. Calls that come within half a second are written together. */
  append(tenant: string, entries: readonly JournalEntry[]): Promise<void>
  /** Entries of a kind from `fromMs` on and before `toMs`; those of one millisecond by subject and body. */
  read(tenant: string, request: JournalRequest): Promise<readonly JournalEntry[]>
}

export interface JournalEntry {
  readonly kind: string
  /** What it is about: a rule's id, an alert's fingerprint, a contact point. At most 500 characters. */
  readonly subject: string
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  /** JSON, as a rule; at most 64 KiB. */
  readonly body: string
}

export interface JournalRequest {
  readonly kind: string
  /** Undefined: all. */
  readonly subjects?: readonly string[]
  readonly fromMs: number
  readonly toMs: number
  /** At most this many, the newest or the oldest of them first as `order` says. */
  readonly limit: number
  readonly order: 'newest-first' | 'oldest-first'
}
