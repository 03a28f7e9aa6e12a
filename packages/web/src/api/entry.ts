export type Labels = Readonly<Record<string, string>>

/** One log record as the page holds it. */
export interface Entry {
  /** Unix nanoseconds, decimal. */
  readonly ts: string
  readonly line: string
  /** Labels of the stream, shared by all its entries. */
  readonly labels: Labels
  /** Structured metadata of this record. */
  readonly meta: Labels
  /** Fields that the query extracted from the line. */
  readonly parsed: Labels
}

export const noLabels: Labels = Object.freeze({})

/** Orders decimal nanoseconds without BigInt: all times since 2001 have the same number of digits. */
export function compareTs(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}

/** Milliseconds of an entry. */
export function msOf(ts: string): number {
  return Number(ts.slice(0, -6))
}

/** A field by name: what the query extracted, then metadata, then the labels of the stream. */
export function fieldOf(entry: Entry, name: string): string | undefined {
  return entry.parsed[name] ?? entry.meta[name] ?? entry.labels[name]
}
