import type { LogEntry, LogKey } from './log-entry.ts'

/** Hexadecimal digits of a fingerprint. */
const DIGITS = 16

interface EntryRecord extends LogKey {
  /** Fingerprints one after the other. */
  readonly firing: string
  readonly resolved: string
  readonly owed: string
  readonly atMs: number
  readonly flushMs: number
  readonly kept: Readonly<Record<string, string>>
  readonly expiresMs: number
}

export function writeEntry(key: LogKey, entry: LogEntry, expiresMs: number): string {
  const record: EntryRecord = {
    groupKey: key.groupKey,
    receiver: key.receiver,
    integration: key.integration,
    firing: [...entry.firing].join(''),
    resolved: [...entry.resolved].join(''),
    owed: [...entry.owed].join(''),
    atMs: entry.atMs,
    flushMs: entry.flushMs,
    kept: Object.fromEntries(entry.kept),
    expiresMs,
  }
  return JSON.stringify(record)
}

export function readEntry(body: string): { key: LogKey; entry: LogEntry; expiresMs: number } {
  const record = JSON.parse(body) as EntryRecord
  const { groupKey, receiver, integration, atMs, flushMs, expiresMs } = record
  const entry = {
    firing: fingerprints(record.firing),
    resolved: fingerprints(record.resolved),
    owed: fingerprints(record.owed),
    atMs,
    flushMs,
    kept: new Map(Object.entries(record.kept)),
  }
  return { key: { groupKey, receiver, integration }, entry, expiresMs }
}

function fingerprints(text: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (let i = 0; i < text.length; i += DIGITS) found.add(text.slice(i, i + DIGITS))
  return found
}
