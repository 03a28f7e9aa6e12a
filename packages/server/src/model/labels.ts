import { createHash } from 'node:crypto'

/** The service of records that tell none, as Loki has it. */
export const UNKNOWN_SERVICE = 'unknown_service'

/** Label names and values of a stream; iteration order is by name. */
export type LabelSet = ReadonlyMap<string, string>

/**
 * A stream: a tenant's distinct label set. Its id is the same in every process and after every restart, so rows refer to
 * streams by id alone and labels stand once per stream.
 */
export interface Stream {
  /** First 64 bits of SHA-256 over tenant and canonical labels, as unsigned decimal digits (as SQL and JSON take it). */
  readonly id: string
  readonly tenant: string
  readonly labels: LabelSet
  /** Canonical text: `{a="b", c="d"}` with names sorted and values escaped as Go's %q does. */
  readonly text: string
}

/** Sorts by name and drops empty values (an empty label is an absent label, as in Loki and Prometheus). */
export function labelSet(pairs: Iterable<readonly [string, string]>): LabelSet {
  const kept: (readonly [string, string])[] = []
  for (const pair of pairs) if (pair[1] !== '') kept.push(pair)
  kept.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
  return new Map(kept)
}

/** `{a="b", c="d"}`; the form in which streams are compared, hashed, shown in errors. */
export function labelsText(labels: LabelSet): string {
  let text = '{'
  for (const [name, value] of labels) {
    if (text.length > 1) text += ', '
    text += `${name}=${JSON.stringify(value)}`
  }
  return `${text}}`
}

/** Makes the stream of a label set (see {@link labelSet}). Hashes: call once per distinct set and keep the result. */
export function makeStream(tenant: string, labels: LabelSet): Stream {
  const text = labelsText(labels)
  const digest = createHash('sha256').update(tenant).update('\0').update(text).digest()
  return { id: digest.readBigUInt64BE(0).toString(), tenant, labels, text }
}
