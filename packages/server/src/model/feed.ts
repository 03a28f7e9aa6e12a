import type { RecordBatch } from './batch.ts'

/** Called with every batch right after it was stored, in order of storing. Must be quick and must not throw. */
export type FeedListener = (batch: RecordBatch) => void

/** Called with one batch after the other; the next waits until it is done with the last. */
export type FeedFollower = (batch: RecordBatch) => void | Promise<void>

export interface Subscription {
  /** Counts records that the listener could not keep up with. */
  dropped(records: number): void
  end(): void
}

/** Hands stored batches to whoever watches: live tails, the first-event light, monitors. */
export interface Feed {
  /** Calls while the batch is being acknowledged; whoever needs longer keeps a bounded queue, and tells what it drops. */
  subscribe(name: string, listener: FeedListener): Subscription
  /**
   * Calls later, from a queue that holds at most `maxBytes` of batches: what comes while it is full is dropped and counted.
   * A slow or failing follower disturbs neither senders nor others. `onDrop` is told too.
   */
  follow(name: string, follower: FeedFollower, maxBytes?: number, onDrop?: (records: number) => void): Subscription
}

export interface FeedReports {
  /** A listener threw, or a follower rejected. */
  readonly error: (name: string, error: unknown) => void
  readonly dropped: (name: string, records: number) => void
}

/** Of one follower's queue. */
const QUEUE_BYTES = 32 * 2 ** 20
/** What a batch takes besides its text, per record: times, level, places of the line. */
const RECORD_BYTES = 40

/** A feed that is fed by `publish`. */
export function createFeed({ error, dropped }: FeedReports): Feed & { publish: FeedListener } {
  const listeners = new Map<symbol, { readonly name: string; readonly listener: FeedListener }>()

  function subscribe(name: string, listener: FeedListener): Subscription {
    const id = Symbol(name)
    listeners.set(id, { name, listener })
    return {
      dropped: (records) => dropped(name, records),
      end() {
        listeners.delete(id)
      },
    }
  }

  return {
    subscribe,
    follow(name, follower, maxBytes = QUEUE_BYTES, onDrop) {
      let queue: RecordBatch[] = []
      let queuedBytes = 0
      let running = false
      let ended = false
      const drain = async (): Promise<void> => {
        for (let batch = queue.shift(); batch !== undefined && !ended; batch = queue.shift()) {
          queuedBytes -= sizeOf(batch)
          try {
            await follower(batch)
          } catch (fault) {
            error(name, fault)
          }
        }
        running = false
      }
      const subscription = subscribe(name, (batch) => {
        const bytes = sizeOf(batch)
        // A batch larger than the queue is taken when nothing else waits.
        if (queuedBytes > 0 && queuedBytes + bytes > maxBytes) {
          dropped(name, batch.count)
          onDrop?.(batch.count)
          return
        }
        queue.push(batch)
        queuedBytes += bytes
        if (running) return
        running = true
        setImmediate(() => void drain())
      })
      return {
        dropped: subscription.dropped,
        end() {
          ended = true
          queue = []
          subscription.end()
        },
      }
    },
    publish(batch) {
      for (const { name, listener } of listeners.values()) {
        try {
          listener(batch)
        } catch (fault) {
          error(name, fault)
        }
      }
    },
  }
}

function sizeOf({ bytes, count }: RecordBatch): number {
  return bytes.length + count * RECORD_BYTES
}
