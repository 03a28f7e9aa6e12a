import type { RecordBatch, WriteBatch } from '../../model/batch.ts'
import type { Counter, Counters } from '../../model/counters.ts'
import { LEVELS } from '../../model/level.ts'
import type { IngestLimits, Receiver, ReceiverContext, ReceiverResponse } from '../receiver.ts'
import { createSubmit } from '../submit.ts'
import { DEFAULT_LIMITS } from './limits.ts'

export interface SentRequest {
  readonly path: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly tenant?: string
}

export interface StoredRecord {
  readonly labels: Readonly<Record<string, string>>
  readonly ns: string
  readonly level: string
  readonly line: string
  readonly metadata?: Readonly<Record<string, string>>
}

class MapCounter implements Counter {
  readonly values = new Map<string, number>()

  add(labels: Readonly<Record<string, string>>, amount = 1): void {
    const key = JSON.stringify(labels)
    this.values.set(key, (this.values.get(key) ?? 0) + amount)
  }

  value(labels: Readonly<Record<string, string>>): number {
    return this.values.get(JSON.stringify(labels)) ?? 0
  }

  get total(): number {
    return [...this.values.values()].reduce((sum, value) => sum + value, 0)
  }
}

/** A receiver with everything around it but the network and the engine. */
export function openReceiver<Options>(
  receiver: Receiver<Options>,
  given: {
    limits?: Partial<IngestLimits>
    options?: unknown
    nowMs?: number
    write?: WriteBatch
    process?: (batch: RecordBatch) => RecordBatch
  } = {},
) {
  const counter = () => new MapCounter()
  const counters = {
    received: counter(),
    receivedBytes: counter(),
    stored: counter(),
    rejected: counter(),
    dropped: counter(),
    duplicate: counter(),
    undecodable: counter(),
  } satisfies Counters
  const batches: RecordBatch[] = []
  const keys: (string | undefined)[] = []
  const rejections: { status: number; reason: string }[] = []
  const clock = { nowMs: given.nowMs ?? Date.now() }
  const write: WriteBatch =
    given.write ??
    (async (batch, options) => {
      batches.push(batch)
      keys.push(options?.idempotencyKey)
      return { stored: true }
    })
  const context: ReceiverContext = {
    limits: { ...DEFAULT_LIMITS, ...given.limits },
    submit: createSubmit({ process: given.process ?? ((batch) => batch), write, counters }),
    counters,
    rejected: (entry) => rejections.push(entry),
    now: () => clock.nowMs,
  }
  const routes = receiver.routes(receiver.options.parse(given.options ?? {}), context)
  return {
    routes,
    counters,
    batches,
    keys,
    rejections,
    clock,
    /** Records in the store, in order of arrival. */
    records: () => batches.flatMap(recordsOf),
    send: async ({ path, query = '', headers = {}, body, tenant = 't' }: SentRequest): Promise<ReceiverResponse> => {
      const route = routes.find((one) => one.path === path)
      if (route === undefined) throw new Error(`no route ${path}`)
      // Receivers may overwrite what they are given.
      return route.handle({ tenant, headers, query: new URLSearchParams(query), body: Buffer.from(body) })
    },
    /** received − (stored + rejected + dropped + duplicate): 0 when the counts are conserved. */
    imbalance: () =>
      counters.received.total -
      counters.stored.total -
      counters.rejected.total -
      counters.dropped.total -
      counters.duplicate.total,
  }
}

export function recordsOf(batch: RecordBatch): StoredRecord[] {
  return Array.from({ length: batch.count }, (_, i) => {
    const metadata = batch.metadata?.[i]
    return {
      labels: Object.fromEntries(batch.streams[batch.stream[i]!]!.labels),
      ns: (BigInt(batch.seconds[i]!) * 1_000_000_000n + BigInt(batch.nanos[i]!)).toString(),
      level: LEVELS[batch.level[i]!]!,
      line: batch.bytes.toString('utf8', batch.lineStart[i], batch.lineEnd[i]),
      ...(metadata && {
        metadata: Object.fromEntries(
          Array.from({ length: metadata.length / 2 }, (_, k) => [metadata[2 * k]!, metadata[2 * k + 1]!]),
        ),
      }),
    }
  })
}
