import type { RecordBatch } from './batch.ts'

/** Called with every batch right after it was stored, in order of storing. Must be quick and must not throw. */
export type FeedListener = (batch: RecordBatch) => void

/** Hands stored batches to whoever watches: live tail, first-event light, later patterns and event rules. */
export interface Feed {
  /** Starts listening; the returned function ends it. */
  subscribe(listener: FeedListener): () => void
}

/** A feed that is fed by `publish`. A throwing listener is reported to `onError` and does not disturb the others. */
export function createFeed(onError: (error: unknown) => void): Feed & { publish: FeedListener } {
  const listeners = new Set<FeedListener>()
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    publish(batch) {
      for (const listener of listeners) {
        try {
          listener(batch)
        } catch (error) {
          onError(error)
        }
      }
    },
  }
}
