/** Promises that wait for the next event. */
export class Waiters {
  #waiting = new Set<() => void>()

  /** Resolves at the next `wake`, on abort, or after this time. */
  wait(signal: AbortSignal | undefined, longestMs?: number): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = longestMs === undefined ? undefined : setTimeout(() => end(), longestMs)
      const end = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        this.#waiting.delete(end)
        resolve()
      }
      signal?.addEventListener('abort', end)
      this.#waiting.add(end)
    })
  }

  wake(): void {
    for (const end of [...this.#waiting]) end()
  }
}
