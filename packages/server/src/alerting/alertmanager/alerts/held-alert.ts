/** An alert as the manager holds it. A report makes another one; none is changed. */
export interface HeldAlert {
  /** See model/alert-fingerprint.ts. */
  readonly fingerprint: string
  /** The same object as long as the alert is held. */
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
  readonly startsAtMs: number
  /** From then on it is resolved. */
  readonly endsAtMs: number
  /** Nobody said when it ends: `endsAtMs` is the resolve timeout. */
  readonly endsByTimeout: boolean
  /** When it was reported last. */
  readonly updatedAtMs: number
  readonly generatorUrl: string
  /** Told without waiting for others of its group. */
  readonly atOnce: boolean
}

export function isResolved(alert: Pick<HeldAlert, 'endsAtMs'>, nowMs: number): boolean {
  return alert.endsAtMs <= nowMs
}
