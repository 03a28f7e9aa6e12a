/** A number of places that work takes by turns. */
export class Places {
  #free: number
  readonly #queue: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  /** Waits for a place and holds it while `work` runs. Rejects with the signal's reason when that comes first. */
  async hold<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#take(signal)
    try {
      return await work()
    } finally {
      this.#give()
    }
  }

  #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free--
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const place = this.#queue.indexOf(enter)
        if (place >= 0) this.#queue.splice(place, 1)
        reject(signal.reason)
      }
      const enter = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#queue.push(enter)
    })
  }

  #give(): void {
    const next = this.#queue.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
