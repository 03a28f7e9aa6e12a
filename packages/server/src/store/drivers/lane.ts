import { GirokError } from '../../model/errors.ts'
import { type Deferred, deferred } from './deferred.ts'

/**
 * A few workers (sessions of the engine), each given to one statement at a time, in the order of asking. The queue stands
 * in JavaScript because an operation that waits inside the engine holds a thread of the libuv pool while it waits.
 */
export interface Lane<S> {
  /** Waits for a free worker. Rejects with `cancelled`, with `timeout` after `deadlineMs` (epoch), or when closed. */
  acquire(options: { readonly signal?: AbortSignal | undefined; readonly deadlineMs: number }): Promise<S>
  release(worker: S): void
  /** Rejects those who wait and all who ask later. Those who hold a worker keep it. */
  close(): void
  /** Resolves when no worker is held. */
  idle(): Promise<void>
}

interface Waiter<S> {
  readonly turn: Deferred<S>
  readonly stop: () => void
}

/** Makes a lane over `workers`; fair: first come, first served. */
export function createLane<S>(name: string, workers: readonly S[]): Lane<S> {
  const free = [...workers]
  const waiting = new Set<Waiter<S>>()
  let held = 0
  let closed = false
  let quiet: Deferred<void> | undefined
  const stopping = (): GirokError => new GirokError('store_unavailable', 'the store is stopping')

  return {
    acquire({ signal, deadlineMs }) {
      if (closed) return Promise.reject(stopping())
      if (signal?.aborted) return Promise.reject(new GirokError('cancelled', 'the query was cancelled'))
      const worker = free.pop()
      if (worker !== undefined) {
        held++
        return Promise.resolve(worker)
      }
      const turn = deferred<S>()
      const leave = (error: GirokError): void => {
        if (!waiting.delete(waiter)) return
        waiter.stop()
        turn.reject(error)
      }
      const onAbort = (): void => leave(new GirokError('cancelled', 'the query was cancelled while it waited'))
      const waitMs = Math.min(Math.max(0, deadlineMs - Date.now()), 2 ** 31 - 1)
      const timer = setTimeout(
        () => leave(new GirokError('timeout', `the query waited longer than its time limit in the lane "${name}"`)),
        waitMs,
      )
      const waiter: Waiter<S> = {
        turn,
        stop: () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', onAbort)
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      waiting.add(waiter)
      return turn.promise
    },

    release(worker) {
      const next: Waiter<S> | undefined = waiting.values().next().value
      if (next !== undefined) {
        waiting.delete(next)
        next.stop()
        next.turn.resolve(worker)
        return
      }
      free.push(worker)
      held--
      if (held === 0) quiet?.resolve()
    },

    close() {
      closed = true
      for (const waiter of waiting) {
        waiter.stop()
        waiter.turn.reject(stopping())
      }
      waiting.clear()
    },

    idle() {
      if (held === 0) return Promise.resolve()
      quiet ??= deferred<void>()
      return quiet.promise
    },
  }
}
