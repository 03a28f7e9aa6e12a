import { createHash } from 'node:crypto'
import { pause } from '../backpressure.ts'
import type { PullState } from '../receiver.ts'
import type { RedisClient } from './client.ts'
import type { RedisEntry } from './decode-entries.ts'
import type { KeyFinder } from './find-keys.ts'
import { MAX_BATCH, type RedisOptions } from './options.ts'
import type { Storing } from './storing.ts'

/** Reads wait so long for entries; a server that stops waits as long for them. */
const BLOCK_MS = 500

type RawEntry = readonly [id: Buffer, fields: readonly Buffer[] | null]

export interface StreamReaderOptions {
  readonly options: RedisOptions
  readonly consumer: string
  /** Where the streams are, for keys of batches. */
  readonly address: string
  readonly finder: KeyFinder
  readonly storing: Storing
  readonly now: () => number
}

/**
 * Reads streams as one consumer of a group. Of each stream one batch is under way at a time: what a consumer has read and
 * not acknowledged is exactly one batch, so after a crash it is read again as the same batch, under the same key, and the
 * store knows whether it has it. That holds for batches of other consumers that are taken over, too.
 */
export class StreamReader {
  readonly #client: RedisClient
  readonly #given: StreamReaderOptions
  readonly #known = new Set<string>()
  #claimAt = 0

  constructor(client: RedisClient, given: StreamReaderOptions) {
    this.#client = client
    this.#given = given
  }

  /** Reads until the signal is aborted. Rejects when Redis fails. */
  async run(signal: AbortSignal, { connected }: PullState): Promise<void> {
    const { options, finder, consumer } = this.#given
    const { group, batchSize, claimIdle } = options
    while (!signal.aborted) {
      const keys = await finder.keys(this.#client)
      for (const key of keys) if (!this.#known.has(key)) await this.#begin(key, signal)
      connected()
      if (performance.now() >= this.#claimAt) {
        for (const key of keys) await this.#takeOver(key, signal)
        this.#claimAt = performance.now() + claimIdle / 2
      }
      if (signal.aborted) return
      if (keys.length === 0) {
        await pause(BLOCK_MS, signal)
        continue
      }
      const after = keys.map(() => '>')
      const read = ['GROUP', group, consumer, 'COUNT', batchSize, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...after]
      const answer = (await this.#client.callBuffer('XREADGROUP', ...read)) as
        | readonly (readonly [Buffer, readonly RawEntry[]])[]
        | null
      await Promise.all((answer ?? []).map(([key, entries]) => this.#store(key.toString(), entries, signal)))
    }
  }

  /** Makes the group if need be, and finishes what this consumer has left behind. */
  async #begin(key: string, signal: AbortSignal): Promise<void> {
    const { options, consumer } = this.#given
    const from = options.start === 'end' ? '$' : '0'
    try {
      await this.#client.call('XGROUP', 'CREATE', key, options.group, from, 'MKSTREAM')
    } catch (error) {
      if (!(error instanceof Error)) throw error
      if (error.message.startsWith('WRONGTYPE')) {
        throw new Error(
          `the key ${key} holds no stream: name other keys in receivers.redis.streams, or rename this one`,
        )
      }
      if (!error.message.startsWith('BUSYGROUP')) throw error
    }
    const read = ['GROUP', options.group, consumer, 'COUNT', MAX_BATCH, 'STREAMS', key, '0']
    const answer = (await this.#client.callBuffer('XREADGROUP', ...read)) as
      | readonly (readonly [Buffer, readonly RawEntry[]])[]
      | null
    const left = answer?.[0]?.[1] ?? []
    if (left.length > 0 && !(await this.#store(key, left, signal))) return
    this.#known.add(key)
  }

  /** Takes over what other consumers have read and not acknowledged for long, a batch for each of them. */
  async #takeOver(key: string, signal: AbortSignal): Promise<void> {
    const { options, consumer } = this.#given
    const { group, claimIdle } = options
    const [, , , consumers] = (await this.#client.call('XPENDING', key, group)) as [
      number,
      string | null,
      string | null,
      readonly (readonly [string, string])[] | null,
    ]
    for (const [other] of consumers ?? []) {
      if (other === consumer || signal.aborted) continue
      const range = ['IDLE', claimIdle, '-', '+', MAX_BATCH, other]
      const pending = (await this.#client.call('XPENDING', key, group, ...range)) as readonly (readonly [string])[]
      const ids = pending.map(([id]) => id)
      if (ids.length === 0) continue
      const claim = (await this.#client.callBuffer('XCLAIM', key, group, consumer, claimIdle, ...ids)) as readonly (
        | RawEntry
        | Buffer
        | null
      )[]
      // Redis 6 answers nil for entries that were deleted, Redis 7 leaves them out.
      const entries = claim.filter((entry): entry is RawEntry => Array.isArray(entry))
      if (entries.length > 0) await this.#store(key, entries, signal, ids)
      else await this.#client.call('XACK', key, group, ...ids)
    }
  }

  /** Stores a batch and acknowledges it. `ids` are those that the batch had when it was read for the first time. */
  async #store(
    key: string,
    raw: readonly RawEntry[],
    signal: AbortSignal,
    ids: readonly string[] = raw.map(([id]) => id.toString()),
  ): Promise<boolean> {
    const { options, address, storing, now } = this.#given
    const batchId = `redis ${address} ${options.group} ${createHash('sha256').update(key).update('\0').update(ids.join(' ')).digest('hex')}`
    const nowMs = now()
    const entries: RedisEntry[] = []
    // Entries that were trimmed or deleted while they were pending have no fields any more.
    for (const [id, fields] of raw) if (fields) entries.push({ timeMs: timeOf(id.toString(), nowMs), fields })
    const beat = setInterval(() => void this.#keep(key, ids), options.claimIdle / 3)
    try {
      if (entries.length > 0 && !(await storing.store(key, entries, batchId, signal))) return false
    } finally {
      clearInterval(beat)
    }
    await this.#client.call('XACK', key, options.group, ...ids)
    if (options.afterwards === 'delete') await this.#client.call('XDEL', key, ...ids)
    return true
  }

  /** Keeps others from taking over a batch that waits for the store. */
  async #keep(key: string, ids: readonly string[]): Promise<void> {
    const { options, consumer } = this.#given
    try {
      await this.#client.call('XCLAIM', key, options.group, consumer, 0, ...ids, 'JUSTID')
    } catch {
      // A connection that is lost makes the acknowledgement fail, which is told.
    }
  }
}

/** Entry ids begin with milliseconds, unless producers choose them themselves. */
function timeOf(id: string, nowMs: number): number {
  const ms = Number(id.slice(0, id.indexOf('-')))
  return ms > 946_684_800_000 && ms <= nowMs ? ms : nowMs
}
