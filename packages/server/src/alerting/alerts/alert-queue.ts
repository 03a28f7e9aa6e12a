import type { ReportedAlert } from '../../model/alert.ts'

export interface AlertQueueOptions {
  /** Sends alerts; never called before the last call has ended. */
  readonly deliver: (alerts: readonly ReportedAlert[]) => Promise<void>
  /** Most alerts of one call. */
  readonly batch: number
  /** Alerts that wait at most; beyond, the oldest go. */
  readonly most: number
  readonly sent: (alerts: number) => void
  /** Told of what went for want of room. */
  readonly dropped: (alerts: number) => void
  /** Told of what could not be delivered. It is not tried again: what still holds is reported anew soon. */
  readonly failed: (alerts: number, error: unknown) => void
}

/** Alerts on their way to one receiver. Who fills it never waits, and receivers do not wait for one another. */
export class AlertQueue {
  readonly #options: AlertQueueOptions
  #waiting: ReportedAlert[] = []
  #delivery: Promise<void> | undefined

  constructor(options: AlertQueueOptions) {
    this.#options = options
  }

  get length(): number {
    return this.#waiting.length
  }

  add(alerts: readonly ReportedAlert[]): void {
    if (alerts.length === 0) return
    this.#waiting.push(...alerts)
    const over = this.#waiting.length - this.#options.most
    if (over > 0) {
      this.#waiting.splice(0, over)
      this.#options.dropped(over)
    }
    this.#delivery ??= this.#deliver()
  }

  /** Resolves when nothing waits. */
  async drained(): Promise<void> {
    await this.#delivery
  }

  async #deliver(): Promise<void> {
    const { batch, deliver, sent, failed } = this.#options
    while (this.#waiting.length > 0) {
      const some = this.#waiting.splice(0, batch)
      try {
        await deliver(some)
        sent(some.length)
      } catch (error) {
        failed(some.length, error)
      }
    }
    this.#delivery = undefined
  }
}
