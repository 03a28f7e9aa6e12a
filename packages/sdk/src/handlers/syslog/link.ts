/** A way to a collector. */
export interface Link {
  /**
   * Hands messages to the system, in order. Resolves with how many it took, and why it took no more; rejects when it is
   * not known how many.
   */
  send(messages: readonly string[], signal: AbortSignal): Promise<Sent>
  close(): void
}

export interface Sent {
  readonly count: number
  readonly failure?: Error
}

export interface Address {
  readonly host: string
  readonly port: number
}
