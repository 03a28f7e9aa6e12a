import type { RecordBatch, WriteBatch } from '../../model/batch.ts'
import type { Counter, Counters } from '../../model/counters.ts'
import { GirokError } from '../../model/errors.ts'
import { LEVELS } from '../../model/level.ts'
import type { SampleBatch } from '../../model/sample-batch.ts'
import { createArrivals } from '../arrivals.ts'
import { Admission } from '../batch/admission.ts'
import type { IngestLimits } from '../limits.ts'
import { createSampleIntake } from '../prometheus/sample-intake.ts'
import type { Method, Receiver, ReceiverContext, ReceiverResponse } from '../receiver.ts'
import { createSubmit, createSubmitSamples } from '../submit.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { TestConnection } from './test-connection.ts'

export interface SentRequest {
  /** Default: POST. */
  readonly method?: Method
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
    /** The only good token; absent: none is needed. */
    token?: string
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
  const sampleBatches: SampleBatch[] = []
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
  const limits = { ...DEFAULT_LIMITS, ...given.limits }
  const now = () => clock.nowMs
  const admission = new Admission(limits, now)
  const arrivals = createArrivals(counters)
  const faults: unknown[] = []
  const context: ReceiverContext = {
    limits,
    tenant: 't',
    submit: createSubmit({ process: given.process ?? ((batch) => batch), write, counters }),
    submitSamples: createSubmitSamples(async (batch) => {
      sampleBatches.push(batch)
      return { stored: true }
    }, counters),
    samples: createSampleIntake(limits, now),
    admit: (assembled) => admission.admit(assembled),
    arrived: arrivals.arrived,
    counters,
    rejected: (entry) => rejections.push(entry),
    authenticate: (token, wantedTenant) => {
      if (given.token !== undefined && token !== given.token) throw new GirokError('unauthorized', 'not the token')
      return { tenant: wantedTenant ?? 't' }
    },
    tokensRequired: () => given.token !== undefined,
    log: (level, _message, fields) => {
      if (level === 'error') faults.push(fields?.error)
    },
    now,
  }
  const opened = receiver.open(receiver.options.parse(given.options ?? {}), context)
  const { routes = [], listeners = [] } = opened
  const listenerOf = <K extends string>(kind: K, name: string) => {
    const found = listeners.find((one) => one.kind === kind && one.name === name)
    if (found === undefined) throw new Error(`no ${kind} listener ${name}`)
    return found as Extract<(typeof listeners)[number], { kind: K }>
  }
  return {
    routes,
    listeners,
    opened,
    sampleBatches,
    /** Errors that were logged: faults of Girok. */
    faults,
    context,
    /** Stores what is held. */
    close: async () => opened.close?.(),
    counters,
    batches,
    keys,
    rejections,
    clock,
    /** Records in the store, in order of arrival. */
    records: () => batches.flatMap(recordsOf),
    send: async (sent: SentRequest): Promise<ReceiverResponse> => {
      const { method = 'POST', path, query = '', headers = {}, body, tenant = 't' } = sent
      for (const route of routes) {
        const parameters = [route.method].flat().includes(method) ? matchPath(route.path, path) : undefined
        if (parameters === undefined) continue
        const request = {
          method,
          pathname: path,
          path: parameters,
          headers,
          query: new URLSearchParams(query),
          remoteAddress: '192.0.2.1',
        }
        if (route.applies?.(request) === false) continue
        // Receivers may overwrite what they are given.
        return route.handle({ ...request, tenant, body: Buffer.from(body) })
      }
      throw new Error(`no route ${method} ${path}`)
    },
    /** Opens a connection to a stream listener, without a network in between. */
    connect: (name: string) => new TestConnection((connection) => listenerOf('stream', name).open(connection)),
    /** Gives a datagram to a listener. */
    datagram: (name: string, bytes: Buffer, from = '192.0.2.1') =>
      listenerOf('datagram', name).receive(Buffer.from(bytes), from, () => {}),
    /** Calls a method of a gRPC listener with a message that is already decompressed. */
    call: (name: string, method: string, message: Buffer) => {
      const handler = listenerOf('grpc', name).methods[method]
      if (handler === undefined) throw new Error(`no method ${method}`)
      return handler({ tenant: 't', message: Buffer.from(message) })
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

/** Values of the parameters when a path fits a route's pattern, as the server's router reads it. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const expression = pattern
    .split('/')
    .map((part) => (part.startsWith(':') ? `(?<${part.slice(1)}>[^/]+)` : part === '*' ? '(?<rest>.*)' : part))
    .join('/')
  const found = new RegExp(`^${expression}$`).exec(path)
  if (!found) return undefined
  const { rest, ...parameters } = found.groups ?? {}
  return rest === undefined ? parameters : { ...parameters, '*': rest }
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
