/**
 * "I am on it": an alert that is acknowledged is not repeated until it resolves; its resolution is still told, and when it
 * fires anew it is told again. Changes resolve when a crash cannot lose them.
 */
export interface Acknowledgements {
  /** Of an alert that is firing now. Rejects with `not_found`. */
  set(fingerprint: string, by: string, comment: string): Promise<void>
  /** Rejects with `not_found`. */
  remove(fingerprint: string): Promise<void>
  /** Of the firing since `startsAtMs`; one of an earlier firing counts no more. */
  of(fingerprint: string, startsAtMs: number): Acknowledgement | undefined
}

export interface Acknowledgement {
  readonly by: string
  readonly comment: string
  readonly atMs: number
  /** Of the alert that was acknowledged. */
  readonly startsAtMs: number
}
