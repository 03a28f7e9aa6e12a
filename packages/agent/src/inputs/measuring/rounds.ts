/**
 * Runs something at once and then at each interval, counted from the start, never twice at a time: a round that takes
 * longer than the interval costs the rounds it covers, it does not pile them up.
 */
export class Rounds {
  readonly #intervalMs: number
  readonly #round: (signal: AbortSignal) => Promise<void>
  readonly #over = new AbortController()
  #timer: ReturnType<typeof setInterval> | undefined
  #current: Promise<void> | undefined

  /** @param round never rejects; ends soon when the signal is aborted */
  constructor(intervalMs: number, round: (signal: AbortSignal) => Promise<void>) {
    this.#intervalMs = intervalMs
    this.#round = round
  }

  start(): void {
    if (this.#timer !== undefined || this.#over.signal.aborted) return
    this.#timer = setInterval(() => this.#begin(), this.#intervalMs)
    this.#begin()
  }

  /** Resolves when the round that goes on has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#over.abort()
    await this.#current
  }

  #begin(): void {
    this.#current ??= this.#round(this.#over.signal).finally(() => {
      this.#current = undefined
    })
  }
}
