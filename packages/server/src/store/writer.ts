import { END_OF_TIME_SECONDS, type RecordBatch, type WriteOptions, type WriteResult } from '../model/batch.ts'
import { GirokError } from '../model/errors.ts'
import type { Driver } from './driver.ts'
import { estimateBytes, RowEncoder, type RowSource } from './encode.ts'
import { GroupCommit, type GroupOptions, Inserts, type Sized } from './group-commit.ts'
import type { StoreHealth } from './health.ts'
import { countOn, type IdempotencyKeys, keyHash } from './idempotency.ts'
import type { NativeBlock } from './native-block.ts'
import { ROW_KIND } from './promoted.ts'
import { BATCHES, BATCHES_COLUMNS, LOGS, LOGS_COLUMNS, STREAMS, STREAMS_COLUMNS } from './schema.ts'
import { slices } from './slice.ts'
import type { StoredField } from './stored-fields.ts'
import { encodeStreams, hoursOf, type StreamTable } from './streams.ts'

export interface WriterOptions extends GroupOptions {
  /** Fields that have columns in `logs`. */
  readonly fields: readonly StoredField[]
}

interface Pending extends Sized {
  readonly batch: RecordBatch
  /** Undefined for a batch without an idempotency key. */
  readonly key: { readonly hash: bigint; readonly skipDays: ReadonlySet<number> | undefined } | undefined
}

/** Stores batches of records in groups, each batch with a key once. */
export class Writer {
  readonly #groups: GroupCommit<Pending>
  readonly #inserts: Inserts
  readonly #streams: StreamTable
  readonly #keys: IdempotencyKeys
  readonly #encoder: RowEncoder
  readonly #columns: readonly string[]
  /** Writes under a key that have not ended, by hash. */
  readonly #underway = new Map<bigint, Promise<void>>()
  #closing: Promise<void> | undefined

  constructor(driver: Driver, streams: StreamTable, keys: IdempotencyKeys, options: WriterOptions) {
    this.#groups = new GroupCommit(options, (group) => this.#store(group))
    this.#inserts = new Inserts(driver, () => this.#groups.isClosing)
    this.#streams = streams
    this.#keys = keys
    this.#encoder = new RowEncoder(options.fields)
    this.#columns = [...LOGS_COLUMNS, ROW_KIND, ...options.fields.map(({ column }) => column)]
  }

  /** See WriteBatch. */
  async write(batch: RecordBatch, options: WriteOptions = {}): Promise<WriteResult> {
    this.#groups.refuseWhenClosed()
    checkTimes(batch)
    const parts = slices(batch)
    const { idempotencyKey } = options
    if (idempotencyKey === undefined) {
      await Promise.all(parts.map((part) => this.#enqueue(part, undefined)))
      return { stored: true }
    }
    const fresh = await Promise.all(
      parts.map((part, index) => this.#writeOnce(part, keyHash(batch.tenant, idempotencyKey, index))),
    )
    const duplicates = batch.count - fresh.reduce((sum, count) => sum + count, 0)
    if (duplicates === 0) return { stored: true }
    return duplicates === batch.count ? { stored: false } : { stored: true, duplicates }
  }

  /** Runs a task while no insert runs, before batches that are not yet in one. Rejects as the task does. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    return this.#groups.exclusive(task)
  }

  /** Bytes of rows that wait or are being stored. */
  get pendingBytes(): number {
    return this.#groups.pendingBytes
  }

  health(): StoreHealth {
    return this.#groups.health()
  }

  /** Refuses new batches, stores what waits. Idempotent. The driver stays open. */
  close(): Promise<void> {
    this.#closing ??= this.#drain()
    return this.#closing
  }

  async #drain(): Promise<void> {
    await this.#groups.close()
    // Not needed for exactness, only so that the next start knows without asking.
    if (this.#keys.hasUnsaved) {
      await this.#announce([])
    }
  }

  /** Resolves to the number of records that were not stored before. */
  async #writeOnce(batch: RecordBatch, hash: bigint): Promise<number> {
    const underway = this.#underway.get(hash)
    if (underway !== undefined) {
      await underway
      return 0
    }
    const standing = this.#keys.standing(hash)
    if (standing === 'stored') return 0
    let fresh = batch.count
    const write = async (): Promise<void> => {
      const skipDays = standing === 'unsure' ? await this.#keys.storedDays(hash, batch) : undefined
      if (skipDays !== undefined) fresh -= countOn(skipDays, batch)
      await this.#enqueue(batch, { hash, skipDays })
    }
    const promise = write().finally(() => this.#underway.delete(hash))
    this.#underway.set(hash, promise)
    await promise
    return fresh
  }

  async #enqueue(batch: RecordBatch, key: Pending['key']): Promise<void> {
    if (batch.count === 0) return
    await this.#groups.submit({ batch, rows: batch.count, bytes: estimateBytes(batch), key })
  }

  /** Keys, then streams, then rows: after a crash anywhere no row is without its stream, no keyed row without its key. */
  async #store(group: readonly Pending[]): Promise<void> {
    const hashes: bigint[] = []
    const fresh: bigint[] = []
    for (const { key } of group) {
      if (key === undefined) continue
      hashes.push(key.hash)
      if (key.skipDays === undefined) fresh.push(key.hash)
    }
    if (fresh.length > 0) {
      await this.#announce(fresh)
    }
    const changes = this.#streams.changes(group.map(({ batch }) => hoursOf(batch)))
    if (changes.length > 0) {
      await this.#inserts.insert(STREAMS, STREAMS_COLUMNS, encodeStreams(changes))
      this.#streams.apply(changes)
    }
    const { block, count } = this.#encoder.encode(group.map((waiting) => this.#toRowSource(waiting)))
    if (count > 0) await this.#insertRows(block)
    if (hashes.length > 0) this.#keys.finished(hashes)
  }

  async #announce(hashes: readonly bigint[]): Promise<void> {
    const announcement = this.#keys.announce(hashes)
    await this.#inserts.insert(BATCHES, BATCHES_COLUMNS, announcement.rows)
    announcement.announced()
  }

  #toRowSource({ batch, key }: Pending): RowSource {
    if (key === undefined) return { batch, batchId: 0n }
    const source = { batch, batchId: this.#keys.rowId(key.hash) }
    return key.skipDays === undefined ? source : { ...source, skipDays: key.skipDays }
  }

  async #insertRows(block: NativeBlock): Promise<void> {
    try {
      await this.#inserts.insert(LOGS, this.#columns, block)
    } catch (error) {
      this.#encoder.forget()
      throw error
    }
  }
}

function checkTimes(batch: RecordBatch): void {
  for (let i = 0; i < batch.count; i++) {
    const second = batch.seconds[i] as number
    if (second >= 0 && second < END_OF_TIME_SECONDS) continue
    throw new GirokError(
      'unprocessable',
      `record ${i} of the batch has the time ${second} s since 1970; the store takes 0 to ${END_OF_TIME_SECONDS - 1}`,
    )
  }
}
