import { signal } from '@preact/signals'

/** Lets so many run at a time; the others wait in the order in which they came. */
export class Queue {
  /** How many run or wait. */
  readonly busy = signal(0)
  readonly #most: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Runs the task when it is its turn. Rejects as the task does, or with the reason of the signal when aborted before. */
  async run<T>(task: () => Promise<T>, abort: AbortSignal): Promise<T> {
    this.busy.value += 1
    try {
      await this.#turn(abort)
      try {
        abort.throwIfAborted()
        return await task()
      } finally {
        this.#running -= 1
        this.#waiting.shift()?.()
      }
    } finally {
      this.busy.value -= 1
    }
  }

  #turn(abort: AbortSignal): Promise<void> {
    if (abort.aborted) return Promise.reject(abort.reason)
    if (this.#running < this.#most) {
      this.#running += 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const go = (): void => {
        abort.removeEventListener('abort', leave)
        this.#running += 1
        resolve()
      }
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1)
        reject(abort.reason)
      }
      abort.addEventListener('abort', leave, { once: true })
      this.#waiting.push(go)
    })
  }
}
