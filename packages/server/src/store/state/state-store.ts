/**
 * Small things that must outlive a crash, by kind and key: alerts, silences, acknowledgements, what was notified. Read as
 * a whole at the start and kept in memory by who owns the kind; written at each change.
 */
export interface StateStore {
  /** All entries of a kind that were neither removed nor have expired. */
  load(tenant: string, kind: string): Promise<readonly StateEntry[]>
  /**
   * Resolves when all changes are on the disk; of one call either all are or none. Of changes to one key the one given last
   * counts. Calls that come together are written together. Rejects with `limit_exceeded` when a body is too large.
   */
  put(tenant: string, kind: string, changes: readonly StateChange[]): Promise<void>
}

export interface StateEntry {
  /** 1 to 500 characters. */
  readonly key: string
  readonly body: string
  /** Milliseconds since the epoch. */
  readonly updatedMs: number
}

export interface StateChange {
  readonly key: string
  /** Undefined removes the entry. At most {@link LONGEST_STATE} bytes. */
  readonly body: string | undefined
  /** When it may go by itself; absent: never. Milliseconds since the epoch. */
  readonly expiresMs?: number
}

/** Bytes of one body. */
export const LONGEST_STATE = 2 ** 20
