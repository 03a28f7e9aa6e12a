import type { Labels } from '../eval/types.ts'

/** Name and value pairs of one entry, in order. */
export type EntryMetadata = readonly (readonly [name: string, value: string])[]

/** Entries without structured metadata share this. */
export const NO_METADATA: EntryMetadata = []

/**
 * A line on its way through the stages. Stages write into the object; the values of `labels` and `metadata` are replaced,
 * never written into. A caller may add fields of its own (where the line begins): a stage that joins lines lets the object
 * of the first of them live on.
 */
export interface ProcessEntry {
  /** Nanoseconds since the epoch. */
  timeNs: bigint
  line: string
  /** Equal sets of labels that stages made are the same Map, so that its identity may be a key. */
  labels: Labels
  metadata: EntryMetadata
  /** What stages found in the line, for later stages; undefined as long as nobody found anything. */
  extracted: Map<string, unknown> | undefined
  /** Tenant that a stage chose. */
  tenant: string | undefined
}

/** An entry as it is before the first stage. */
export function processEntry(
  timeNs: bigint,
  line: string,
  labels: Labels,
  metadata: EntryMetadata = NO_METADATA,
): ProcessEntry {
  return { timeNs, line, labels, metadata, extracted: undefined, tenant: undefined }
}

/** The extracted values, to write into. */
export function extractedOf(entry: ProcessEntry): Map<string, unknown> {
  entry.extracted ??= new Map()
  return entry.extracted
}
