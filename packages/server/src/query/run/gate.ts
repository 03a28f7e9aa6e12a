import { GirokError } from '../../model/errors.ts'

/** Lets a few queries run and a few more wait. */
export interface Gate {
  /**
   * Resolves when the caller may run; it must call what it gets, once, at the end. Rejects with `rate_limited` when too
   * many wait already, and with the signal's reason when that is aborted first.
   */
  enter(signal: AbortSignal): Promise<() => void>
}

/** @param running how many may run at once @param waiting how many more may wait; 0 = any number */
export function createGate(running: number, waiting: number): Gate {
  let free = Math.max(1, running)
  const queue = new Set<() => void>()
  const leave = (): (() => void) => {
    let left = false
    return () => {
      if (left) return
      left = true
      const next: (() => void) | undefined = queue.values().next().value
      if (next) next()
      else free++
    }
  }
  return {
    enter(signal) {
      if (signal.aborted) return Promise.reject(signal.reason)
      if (free > 0) {
        free--
        return Promise.resolve(leave())
      }
      if (waiting > 0 && queue.size >= waiting) {
        return Promise.reject(new GirokError('rate_limited', 'too many outstanding requests', { retryAfterSeconds: 1 }))
      }
      return new Promise((resolve, reject) => {
        const abort = (): void => {
          queue.delete(admit)
          reject(signal.reason)
        }
        const admit = (): void => {
          queue.delete(admit)
          signal.removeEventListener('abort', abort)
          resolve(leave())
        }
        queue.add(admit)
        signal.addEventListener('abort', abort, { once: true })
      })
    },
  }
}
