import type { LabelSet } from '../model/labels.ts'

export interface IndexedStream {
  /** Unsigned decimal digits. */
  readonly id: string
  readonly labels: LabelSet
  /** Hours (whole, since the epoch) of the first and last record seen; inclusive. */
  readonly firstHour: number
  readonly lastHour: number
}

/** All streams of all tenants, held in memory from the `streams` table and kept current by the writer. */
export interface StreamIndex {
  /** Streams of a tenant with records in [startNs, endNs] (to the hour: a superset). Predicate on labels is the caller's. */
  list(tenant: string, startNs: bigint, endNs: bigint): Iterable<IndexedStream>
  get(tenant: string, id: string): IndexedStream | undefined
  count(tenant: string): number
  tenants(): Iterable<string>
}
