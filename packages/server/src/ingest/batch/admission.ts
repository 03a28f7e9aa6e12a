import { GirokError } from '../../model/errors.ts'
import type { Stream } from '../../model/labels.ts'
import type { IngestLimits } from '../limits.ts'
import type { Assembled } from './assembler.ts'
import type { RefusalReason } from './refusals.ts'
import { abbreviate } from './stream-directory.ts'

/** A stream counts as active until nothing has come for so long. */
const ACTIVE_MS = 3_600_000
const SWEEP_MS = 60_000

/** Starts with endless tokens, which the first refill cuts to the capacity. */
interface Bucket {
  tokens: number
  filledMs: number
  seenMs: number
}

interface TenantState {
  readonly bucket: Bucket
  readonly streams: Map<string, Bucket>
  sweptMs: number
}

/** A refusal of a whole batch, with the reason for the counter. */
export class NotAdmitted extends GirokError {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string, retryAfterSeconds: number) {
    super('rate_limited', message, { retryAfterSeconds })
    this.reason = reason
  }
}

/**
 * Rates and stream counts that hold across requests, per tenant: bytes per second (token bucket), the same per stream,
 * and the number of streams active within the last hour. All or nothing: a batch over a limit throws
 * {@link NotAdmitted} and takes no tokens, so that a client which retries stores nothing twice.
 */
export class Admission {
  readonly #limits: IngestLimits
  readonly #now: () => number
  readonly #tenants = new Map<string, TenantState>()
  #sweptMs = 0

  constructor(limits: IngestLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  admit({ batch, streamBytes }: Assembled): void {
    const limits = this.#limits
    const now = this.#now()
    const state = this.#tenant(batch.tenant, now)
    const bytes = streamBytes.reduce((sum, some) => sum + some, 0)
    const fresh = this.#checkStreams(state, batch.streams, batch.tenant, now)
    const tenantWait = wait(state.bucket, bytes, limits.ingestionRateBytes, limits.ingestionBurstBytes, now)
    if (tenantWait > 0) {
      throw new NotAdmitted(
        'rate_limited',
        `ingestion rate limit exceeded for user ${batch.tenant} (limit: ${limits.ingestionRateBytes} bytes/sec) while attempting to ingest '${batch.count}' lines totaling '${bytes}' bytes, reduce log volume or raise limits.ingestionRateBytes and limits.ingestionBurstBytes`,
        tenantWait,
      )
    }
    const { perStreamRateBytes: rate, perStreamBurstBytes: burst } = limits
    batch.streams.forEach((stream, index) => {
      const bucket = state.streams.get(stream.id) ?? fresh.get(stream.id)
      const streamWait = bucket ? wait(bucket, streamBytes[index] ?? 0, rate, burst, now) : 0
      if (streamWait > 0) {
        throw new NotAdmitted(
          'per_stream_rate_limit',
          `per stream rate limit exceeded (limit: ${rate} bytes/sec) while attempting to ingest for stream '${abbreviate(stream.text)}' totaling '${streamBytes[index]}' bytes, split the stream by a label or raise limits.perStreamRateBytes and limits.perStreamBurstBytes`,
          streamWait,
        )
      }
    })
    state.bucket.tokens -= bytes
    for (const [id, bucket] of fresh) state.streams.set(id, bucket)
    batch.streams.forEach((stream, index) => {
      const bucket = state.streams.get(stream.id)
      if (bucket === undefined) return
      bucket.tokens -= streamBytes[index] ?? 0
      bucket.seenMs = now
    })
  }

  /** Buckets for the streams of the batch that are not active yet; throws when they would be too many. */
  #checkStreams(state: TenantState, streams: readonly Stream[], tenant: string, now: number): Map<string, Bucket> {
    const { maxStreamsPerTenant: max, perStreamRateBytes } = this.#limits
    const fresh = new Map<string, Bucket>()
    if (max === 0 && perStreamRateBytes === 0) return fresh
    let first: Stream | undefined
    for (const stream of streams) {
      if (state.streams.has(stream.id)) continue
      first ??= stream
      fresh.set(stream.id, { tokens: Number.POSITIVE_INFINITY, filledMs: now, seenMs: now })
    }
    if (max === 0 || first === undefined || state.streams.size + fresh.size <= max) return fresh
    forget(state, now)
    if (state.streams.size + fresh.size <= max) return fresh
    throw new NotAdmitted(
      'stream_limit',
      `maximum active stream limit exceeded when trying to create stream ${abbreviate(first.text)}, limit: ${max} streams of user ${tenant}, reduce the number of active streams (use fewer distinct label values) or raise limits.maxStreamsPerTenant`,
      60,
    )
  }

  #tenant(tenant: string, now: number): TenantState {
    if (now - this.#sweptMs > SWEEP_MS) {
      this.#sweptMs = now
      for (const [name, state] of this.#tenants) if (now - state.bucket.seenMs > ACTIVE_MS) this.#tenants.delete(name)
    }
    let state = this.#tenants.get(tenant)
    if (state === undefined) {
      const bucket = { tokens: Number.POSITIVE_INFINITY, filledMs: now, seenMs: now }
      state = { bucket, streams: new Map(), sweptMs: now }
      this.#tenants.set(tenant, state)
    }
    state.bucket.seenMs = now
    if (now - state.sweptMs > SWEEP_MS) forget(state, now)
    return state
  }
}

function forget(state: TenantState, now: number): void {
  state.sweptMs = now
  for (const [id, bucket] of state.streams) if (now - bucket.seenMs > ACTIVE_MS) state.streams.delete(id)
}

/** Refills the bucket; seconds (at least 1, whole) until it can give `bytes`, 0 when it can now. Rate 0: no limit. */
function wait(bucket: Bucket, bytes: number, rate: number, burst: number, now: number): number {
  if (rate === 0) return 0
  const capacity = Math.max(burst, rate)
  bucket.tokens = Math.min(capacity, bucket.tokens + (Math.max(0, now - bucket.filledMs) / 1000) * rate)
  bucket.filledMs = now
  if (bucket.tokens >= bytes) return 0
  return Math.max(1, Math.ceil((Math.min(bytes, capacity) - bucket.tokens) / rate))
}
