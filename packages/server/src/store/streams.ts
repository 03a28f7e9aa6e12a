import type { RecordBatch } from '../model/batch.ts'
import { type LabelSet, labelSet, type Stream } from '../model/labels.ts'
import { LabelPool } from './compact-labels.ts'
import type { Driver } from './driver.ts'
import { mapCell } from './encode.ts'
import { STREAMS } from './schema.ts'
import type { IndexedStream, StreamIndex } from './store.ts'

const SECONDS_PER_HOUR = 3600
const NS_PER_HOUR = 3_600_000_000_000n
const LOAD_TIMEOUT_MS = 60_000

interface Entry extends IndexedStream {
  firstHour: number
  lastHour: number
}

/** A stream that is new, or has records outside the hours that the `streams` table knows of. */
export interface StreamChange {
  readonly stream: Stream
  firstHour: number
  lastHour: number
}

/** The index with its writing side. Only the writer changes it, and only after the `streams` table has the change. */
export class StreamTable implements StreamIndex {
  readonly #tenants = new Map<string, Map<string, Entry>>()
  readonly #pool = new LabelPool()

  /** Reads the `streams` table. */
  static async load(driver: Driver): Promise<StreamTable> {
    const table = new StreamTable()
    const sql =
      `SELECT tenant, toString(stream), any(labels), min(first_hour), max(last_hour) FROM ${STREAMS} ` +
      'GROUP BY tenant, stream'
    let rest = ''
    const decoder = new TextDecoder()
    const read = (text: string): void => {
      const lines = text.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) table.#loadRow(line)
    }
    for await (const chunk of driver.stream(sql, 'JSONCompactEachRow', { lane: 'query', timeoutMs: LOAD_TIMEOUT_MS })) {
      read(rest + decoder.decode(chunk, { stream: true }))
    }
    read(`${rest}${decoder.decode()}\n`)
    return table
  }

  #loadRow(line: string): void {
    if (line === '') return
    const [tenant, id, labels, first, last] = JSON.parse(line) as [
      string,
      string,
      Record<string, string>,
      number,
      number,
    ]
    this.#put(tenant, id, labelSet(Object.entries(labels)), Number(first), Number(last))
  }

  #put(tenant: string, id: string, labels: LabelSet, firstHour: number, lastHour: number): void {
    let streams = this.#tenants.get(tenant)
    if (streams === undefined) {
      streams = new Map()
      this.#tenants.set(tenant, streams)
    }
    const known = streams.get(id)
    if (known === undefined) {
      streams.set(id, { id, labels: this.#pool.compact(labels), firstHour, lastHour })
      return
    }
    known.firstHour = Math.min(known.firstHour, firstHour)
    known.lastHour = Math.max(known.lastHour, lastHour)
  }

  *list(tenant: string, startNs: bigint, endNs: bigint): Generator<IndexedStream> {
    const startHour = Number(startNs / NS_PER_HOUR)
    const endHour = Number(endNs / NS_PER_HOUR)
    for (const entry of this.#tenants.get(tenant)?.values() ?? []) {
      if (entry.lastHour >= startHour && entry.firstHour <= endHour) yield entry
    }
  }

  get(tenant: string, id: string): IndexedStream | undefined {
    return this.#tenants.get(tenant)?.get(id)
  }

  count(tenant: string): number {
    return this.#tenants.get(tenant)?.size ?? 0
  }

  tenants(): Iterable<string> {
    return this.#tenants.keys()
  }

  /** What the `streams` table must learn before the batches' rows may be written. */
  changes(batches: readonly RecordBatch[]): StreamChange[] {
    const changes = new Map<string, StreamChange>()
    for (const batch of batches) {
      const { first, last } = hoursOf(batch)
      for (const [index, stream] of batch.streams.entries()) {
        const firstHour = first[index] as number
        const lastHour = last[index] as number
        if (firstHour > lastHour) continue
        const known = this.#tenants.get(stream.tenant)?.get(stream.id)
        if (known !== undefined && known.firstHour <= firstHour && known.lastHour >= lastHour) continue
        const key = `${stream.tenant} ${stream.id}`
        const earlier = changes.get(key)
        if (earlier === undefined) {
          changes.set(key, { stream, firstHour, lastHour })
        } else {
          earlier.firstHour = Math.min(earlier.firstHour, firstHour)
          earlier.lastHour = Math.max(earlier.lastHour, lastHour)
        }
      }
    }
    return [...changes.values()]
  }

  /** Makes changes visible that the table has taken. */
  apply(changes: readonly StreamChange[]): void {
    for (const { stream, firstHour, lastHour } of changes) {
      this.#put(stream.tenant, stream.id, stream.labels, firstHour, lastHour)
    }
  }

  /** Forgets streams, in memory only. */
  remove(tenant: string, ids: Iterable<string>): void {
    const streams = this.#tenants.get(tenant)
    if (streams === undefined) return
    for (const id of ids) streams.delete(id)
    if (streams.size === 0) this.#tenants.delete(tenant)
    this.#pool.clear()
  }

  /** Forgets, in memory only, streams whose last record is older than the hour (exclusive); returns how many. */
  removeBefore(hour: number): number {
    let removed = 0
    for (const [tenant, streams] of this.#tenants) {
      const gone = [...streams.values()].filter(({ lastHour }) => lastHour < hour).map(({ id }) => id)
      if (gone.length > 0) this.remove(tenant, gone)
      removed += gone.length
    }
    return removed
  }
}

/** First and last hour of each of a batch's streams; first > last for a stream without a record. */
function hoursOf(batch: RecordBatch): { first: Float64Array; last: Float64Array } {
  const first = new Float64Array(batch.streams.length).fill(Number.POSITIVE_INFINITY)
  const last = new Float64Array(batch.streams.length).fill(Number.NEGATIVE_INFINITY)
  const { seconds, stream } = batch
  for (let i = 0; i < batch.count; i++) {
    const index = stream[i] as number
    const second = seconds[i] as number
    if (second < (first[index] as number)) first[index] = second
    if (second > (last[index] as number)) last[index] = second
  }
  for (let i = 0; i < first.length; i++) {
    first[i] = Math.floor((first[i] as number) / SECONDS_PER_HOUR)
    last[i] = Math.floor((last[i] as number) / SECONDS_PER_HOUR)
  }
  return { first, last }
}

/** Rows of the `streams` table, in the order of STREAMS_COLUMNS. */
export function encodeStreams(changes: readonly StreamChange[]): Buffer {
  return Buffer.from(
    changes
      .map(
        ({ stream, firstHour, lastHour }) =>
          `${stream.tenant}\t${stream.id}\t${mapCell(stream.labels)}\t${firstHour}\t${lastHour}\n`,
      )
      .join(''),
  )
}

/**
 * Forgets streams whose records retention has removed: all with no record at or after the hour. Returns how many.
 * A stream that writes again meanwhile is new to the index and gets a row of its own, which the statement keeps.
 */
export async function forgetStreamsBefore(driver: Driver, streams: StreamTable, hour: number): Promise<number> {
  const removed = streams.removeBefore(hour)
  if (removed > 0) {
    await driver.command(
      `DELETE FROM ${STREAMS} WHERE (tenant, stream) IN (SELECT tenant, stream FROM ${STREAMS} ` +
        `GROUP BY tenant, stream HAVING max(last_hour) < ${Math.floor(hour)}) SETTINGS lightweight_deletes_sync = 0`,
    )
  }
  return removed
}
