/** A monotonic count with labels, as shown at /metrics. */
export interface Counter {
  /** Adds to the count of this label combination. Amount ≥ 0, default 1. */
  add(labels: Readonly<Record<string, string>>, amount?: number): void
  value(labels: Readonly<Record<string, string>>): number
}

/**
 * The counts that conservation is checked by: at any quiet moment received = stored + rejected + dropped + duplicate,
 * in records, per receiver.
 */
export interface Counters {
  /** {receiver, tenant} */
  readonly received: Counter
  /** {receiver, tenant} */
  readonly receivedBytes: Counter
  /** {receiver, tenant} */
  readonly stored: Counter
  /** {receiver, tenant, reason}: refused with an error to the sender. */
  readonly rejected: Counter
  /** {receiver, tenant, reason}: taken out by a processor on purpose. */
  readonly dropped: Counter
  /** {receiver, tenant}: records of a batch whose idempotency key was known. */
  readonly duplicate: Counter
  /** {receiver, reason}: whole requests that could not be decoded, so that their records cannot be counted. */
  readonly undecodable: Counter
}
