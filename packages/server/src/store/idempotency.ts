import { createHash } from 'node:crypto'
import type { RecordBatch } from '../model/batch.ts'
import type { Driver } from './driver.ts'
import { SECONDS_PER_DAY } from './encode.ts'
import { KeyTable } from './key-table.ts'
import { sqlString } from './literal.ts'
import { BATCHES, LOGS } from './schema.ts'

/** How long a key is remembered. */
const KEY_LIFE_SECONDS = 86_400

const QUERY_TIMEOUT_MS = 60_000

/** What is known of a key: nothing, that some of its rows may be stored, or that all are. */
export type Standing = 'new' | 'unsure' | 'stored'

/** Rows for `batches`, and what to call when they are stored. */
export interface Announcement {
  readonly rows: Buffer
  announced(): void
}

/**
 * Remembers which batches were stored under an idempotency key, across a crash at any point:
 *
 * 1. the key's row in `batches` (done = 0) is stored before the batch's rows, which carry an id made of the key;
 * 2. the rows are stored; the engine commits them day by day (partition by partition), each day whole or not at all;
 * 3. a row with done = 1 follows with the next insert into `batches`, or when the store closes.
 *
 * After a crash between 1 and 3 the key is `unsure`: when its batch is sent again, `storedDays` asks which of its days
 * have rows with the id, and only the other days are written.
 */
export class IdempotencyKeys {
  readonly #driver: Driver
  readonly #now: () => number
  readonly #table = new KeyTable(KEY_LIFE_SECONDS)
  /** Hashes whose done = 1 is not in `batches` yet. */
  #finished: bigint[] = []

  private constructor(driver: Driver, now: () => number) {
    this.#driver = driver
    this.#now = now
  }

  /** Reads the keys of the last day. `now` gives milliseconds since the epoch. */
  static async load(driver: Driver, now: () => number = Date.now): Promise<IdempotencyKeys> {
    const keys = new IdempotencyKeys(driver, now)
    const since = keys.#seconds() - KEY_LIFE_SECONDS
    // A key may be used again once its life is over, so its newest use counts.
    const sql =
      `SELECT batch, max((toUnixTimestamp(at), done)) AS newest FROM ${BATCHES} ` +
      `WHERE at > toDateTime(${since}, 'UTC') GROUP BY batch`
    const flat = `SELECT batch, newest.1, newest.2 FROM (${sql})`
    let rest = ''
    for await (const chunk of driver.stream(flat, 'TabSeparated', { lane: 'query', timeoutMs: QUERY_TIMEOUT_MS })) {
      const lines = (rest + chunk.toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const [hash, at, done] = line.split('\t') as [string, string, string]
        keys.#table.set(BigInt(hash), done === '1' ? 'done' : 'pending', Number(at))
      }
    }
    return keys
  }

  standing(hash: bigint): Standing {
    const state = this.#table.get(hash, this.#seconds())
    return state === undefined ? 'new' : state === 'done' ? 'stored' : 'unsure'
  }

  /**
   * Begins a use of these keys: rows of `batches` to be stored before the batches' own rows, for these keys and for what
   * earlier groups finished. Call `announced` when they are stored.
   */
  announce(hashes: readonly bigint[]): Announcement {
    const seconds = this.#seconds()
    const finished = [...this.#finished]
    const lines = hashes.map((hash) => `${hash}\t0\t${dateTime(seconds)}\n`)
    // The time of the first use, so that the key's life does not start again.
    for (const hash of finished) {
      lines.push(`${hash}\t1\t${dateTime(this.#table.firstSeen(hash) ?? seconds)}\n`)
    }
    return {
      rows: Buffer.from(lines.join(''), 'latin1'),
      announced: () => {
        for (const hash of hashes) this.#table.set(hash, 'pending', seconds)
        this.#finished = this.#finished.slice(finished.length)
      },
    }
  }

  /** All rows of these keys are stored. */
  finished(hashes: readonly bigint[]): void {
    const now = this.#seconds()
    for (const hash of hashes) this.#table.set(hash, 'done', now)
    this.#finished.push(...hashes)
  }

  /** Whether keys are stored whose `done` row is not. */
  get hasUnsaved(): boolean {
    return this.#finished.length > 0
  }

  /**
   * What rows of the batch carry: the key's hash mixed with the time of its use, so that rows of an earlier use, a day
   * before, are not taken for rows of this one. Only for announced keys.
   */
  rowId(hash: bigint): bigint {
    const seconds = this.#table.firstSeen(hash)
    if (seconds === undefined) throw new Error('a key must be announced before its rows')
    return BigInt.asUintN(64, hash ^ (BigInt(seconds) * 0x9e3779b97f4a7c15n)) || 1n
  }

  /** Days (since the epoch) of the batch that have rows of this use of the key, each of them complete. */
  async storedDays(hash: bigint, batch: RecordBatch): Promise<ReadonlySet<number>> {
    const days = daysOf(batch)
    const sql =
      `SELECT DISTINCT toUInt32(toDate(ts)) FROM ${LOGS} WHERE tenant = ${sqlString(batch.tenant)} ` +
      `AND toDate(ts) IN (${days.map((day) => `toDate(${day})`).join(', ')}) AND batch = ${this.rowId(hash)}`
    const answer = await this.#driver.query(sql, 'TabSeparated', { lane: 'query', timeoutMs: QUERY_TIMEOUT_MS })
    return new Set(answer.toString('latin1').split('\n').filter(Boolean).map(Number))
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000)
  }
}

/** Unix seconds as the engine takes them for a DateTime: ten digits. */
function dateTime(seconds: number): string {
  return String(seconds).padStart(10, '0')
}

/** Distinct days (since the epoch) of a batch's records. */
export function daysOf(batch: RecordBatch): number[] {
  const days = new Set<number>()
  let last = -1
  for (let i = 0; i < batch.count; i++) {
    const day = Math.floor((batch.seconds[i] as number) / SECONDS_PER_DAY)
    if (day === last) continue
    last = day
    days.add(day)
  }
  return [...days]
}

/** Records of a batch whose time lies on one of these days. */
export function countOn(days: ReadonlySet<number>, batch: RecordBatch): number {
  let count = 0
  for (let i = 0; i < batch.count; i++) {
    if (days.has(Math.floor((batch.seconds[i] as number) / SECONDS_PER_DAY))) count++
  }
  return count
}

/** 64 bits of a digest of tenant, key and slice number. */
export function keyHash(tenant: string, key: string, slice: number): bigint {
  const digest = createHash('sha256').update(`${tenant}\0${slice}\0`).update(key).digest()
  return digest.readBigUInt64BE(0)
}
