/** Whoever waits until what was handled before has arrived, was lost, or is safe. */
export interface FlushWaiters {
  /**
   * Resolves when as many records as wait now are done, or when all that wait are released, or after `timeoutMs`. With
   * `hold` the process stays alive as long.
   */
  wait(outstanding: number, timeoutMs: number, hold: boolean): Promise<void>
  /** So many of the oldest records are done. */
  done(count: number): void
  /** Everything that waits is safe, or there is nothing to wait for any more. */
  release(): void
}

export function createFlushWaiters(): FlushWaiters {
  const waiters = new Set<{ left: number; resolve: () => void }>()
  return {
    wait(outstanding, timeoutMs, hold) {
      if (outstanding === 0) return Promise.resolve()
      return new Promise((resolve) => {
        const waiter = { left: outstanding, resolve: end }
        const timer: ReturnType<typeof setTimeout> & { unref?: () => void } = setTimeout(end, timeoutMs)
        if (!hold) timer.unref?.()
        waiters.add(waiter)
        function end() {
          clearTimeout(timer)
          waiters.delete(waiter)
          resolve()
        }
      })
    },
    done(count) {
      for (const waiter of waiters) {
        waiter.left -= count
        if (waiter.left <= 0) waiter.resolve()
      }
    },
    release() {
      for (const waiter of waiters) waiter.resolve()
    },
  }
}
