import type { RecordBatch } from '../model/batch.ts'
import { type LabelSet, labelSet } from '../model/labels.ts'
import { LabelPool } from './compact-labels.ts'
import type { Driver } from './driver.ts'
import { STREAMS } from './schema.ts'
import type { IndexedStream, StreamIndex } from './stream-index.ts'
import { mapCell } from './tab-cell.ts'

const SECONDS_PER_HOUR = 3600
const NS_PER_HOUR = 3_600_000_000_000n
const LOAD_TIMEOUT_MS = 60_000

interface Entry extends IndexedStream {
  firstHour: number
  lastHour: number
}

/** A table of label sets: `streams`, or the `series` of metrics, which has the same columns. */
export interface LabelTable {
  readonly table: string
  /** Name of the column that holds the id. */
  readonly id: string
  /** Label by whose value the sets of a tenant can be listed. */
  readonly groupBy?: string
}

const STREAM_LABELS: LabelTable = { table: STREAMS, id: 'stream' }

/** The label sets of a batch and the first and last hour of each; first > last for a set without a row. */
export interface LabelHours {
  readonly tenant: string
  readonly sets: readonly { readonly id: string; readonly labels: LabelSet }[]
  readonly first: Float64Array
  readonly last: Float64Array
}

/** A stream that is new, or has records outside the hours that the table knows of. */
export interface StreamChange {
  readonly tenant: string
  readonly id: string
  readonly labels: LabelSet
  firstHour: number
  lastHour: number
}

/** The index with its writing side. Only the writer changes it, and only after its table has the change. */
export class StreamTable implements StreamIndex {
  readonly source: LabelTable
  readonly #tenants = new Map<string, Map<string, Entry>>()
  /** By tenant and value of the label `groupBy`. */
  readonly #groups = new Map<string, Map<string, Set<Entry>>>()
  readonly #pool = new LabelPool()

  private constructor(source: LabelTable) {
    this.source = source
  }

  /** Reads the table. */
  static async load(driver: Driver, source: LabelTable = STREAM_LABELS): Promise<StreamTable> {
    const table = new StreamTable(source)
    const sql =
      `SELECT tenant, toString(${source.id}), any(labels), min(first_hour), max(last_hour) FROM ${source.table} ` +
      `GROUP BY tenant, ${source.id}`
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
      const entry = { id, labels: this.#pool.compact(labels), firstHour, lastHour }
      streams.set(id, entry)
      this.#groupOf(tenant, entry)?.add(entry)
      return
    }
    known.firstHour = Math.min(known.firstHour, firstHour)
    known.lastHour = Math.max(known.lastHour, lastHour)
  }

  /** @param group only sets whose label `groupBy` has this value */
  *list(tenant: string, startNs: bigint, endNs: bigint, group?: string): Generator<IndexedStream> {
    const startHour = Number(startNs / NS_PER_HOUR)
    const endHour = Number(endNs / NS_PER_HOUR)
    const among =
      group === undefined ? this.#tenants.get(tenant)?.values() : this.#groups.get(tenant)?.get(group)?.values()
    for (const entry of among ?? []) {
      if (entry.lastHour >= startHour && entry.firstHour <= endHour) yield entry
    }
  }

  /** Values that the label `groupBy` has. */
  groups(tenant: string): Iterable<string> {
    return this.#groups.get(tenant)?.keys() ?? []
  }

  /** Where an entry belongs among those of its tenant; undefined when this table has no groups. */
  #groupOf(tenant: string, entry: Entry): Set<Entry> | undefined {
    if (this.source.groupBy === undefined) return undefined
    const value = entry.labels.get(this.source.groupBy) ?? ''
    let groups = this.#groups.get(tenant)
    if (groups === undefined) {
      groups = new Map()
      this.#groups.set(tenant, groups)
    }
    let group = groups.get(value)
    if (group === undefined) {
      group = new Set()
      groups.set(value, group)
    }
    return group
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

  /** What the table must learn before the batches' rows may be written. */
  changes(batches: readonly LabelHours[]): StreamChange[] {
    const changes = new Map<string, StreamChange>()
    for (const { tenant, sets, first, last } of batches) {
      const known = this.#tenants.get(tenant)
      for (const [index, { id, labels }] of sets.entries()) {
        const firstHour = first[index] as number
        const lastHour = last[index] as number
        if (firstHour > lastHour) continue
        const entry = known?.get(id)
        if (entry !== undefined && entry.firstHour <= firstHour && entry.lastHour >= lastHour) continue
        const key = `${tenant} ${id}`
        const earlier = changes.get(key)
        if (earlier === undefined) {
          changes.set(key, { tenant, id, labels, firstHour, lastHour })
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
    for (const { tenant, id, labels, firstHour, lastHour } of changes) {
      this.#put(tenant, id, labels, firstHour, lastHour)
    }
  }

  /** Forgets streams, in memory only. */
  remove(tenant: string, ids: Iterable<string>): void {
    const streams = this.#tenants.get(tenant)
    if (streams === undefined) return
    for (const id of ids) {
      const entry = streams.get(id)
      if (entry === undefined) continue
      streams.delete(id)
      const group = this.#groupOf(tenant, entry)
      group?.delete(entry)
      if (group?.size === 0) this.#groups.get(tenant)?.delete(entry.labels.get(this.source.groupBy ?? '') ?? '')
    }
    if (streams.size === 0) {
      this.#tenants.delete(tenant)
      this.#groups.delete(tenant)
    }
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

/** First and last hour of each of a batch's streams. */
export function hoursOf(batch: RecordBatch): LabelHours {
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
  return { tenant: batch.tenant, sets: batch.streams, first, last }
}

/** Rows of the table: tenant, id, labels, first and last hour. */
export function encodeStreams(changes: readonly StreamChange[]): Buffer {
  return Buffer.from(
    changes
      .map(
        ({ tenant, id, labels, firstHour, lastHour }) =>
          `${tenant}\t${id}\t${mapCell(labels)}\t${firstHour}\t${lastHour}\n`,
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
    const { table, id } = streams.source
    await driver.command(
      `DELETE FROM ${table} WHERE (tenant, ${id}) IN (SELECT tenant, ${id} FROM ${table} ` +
        `GROUP BY tenant, ${id} HAVING max(last_hour) < ${Math.floor(hour)}) SETTINGS lightweight_deletes_sync = 0`,
    )
  }
  return removed
}
