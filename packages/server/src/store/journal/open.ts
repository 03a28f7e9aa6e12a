import type { Driver } from '../driver.ts'
import { sqlString } from '../literal.ts'
import { readRows } from '../read-rows.ts'
import { RowGroups } from '../row-groups.ts'
import { textCell } from '../tab-cell.ts'
import type { JournalEntry, JournalRequest, JournalStore } from './journal-store.ts'
import { JOURNAL, JOURNAL_COLUMNS } from './schema.ts'

export interface OpenJournal extends JournalStore {
  /** Writes what waits. */
  close(): Promise<void>
}

/** How long entries wait for others: nobody waits for them. */
const WAIT_MS = 500

/** @param retentionMs how long what is written from now on is kept */
export function openJournal(driver: Driver, retentionMs: number): OpenJournal {
  const groups = new RowGroups(driver, JOURNAL, JOURNAL_COLUMNS, WAIT_MS)
  return {
    append(tenant, entries) {
      if (entries.length === 0) return Promise.resolve()
      return groups.add(Buffer.from(entries.map((entry) => rowOf(tenant, entry, retentionMs)).join('')))
    },
    async read(tenant, request) {
      const entries: JournalEntry[] = []
      if (request.subjects?.length === 0) return entries
      for await (const [subject = '', timeMs, body = ''] of readRows(driver, selectOf(tenant, request))) {
        entries.push({ kind: request.kind, subject, timeMs: Number(timeMs), body })
      }
      return entries
    },
    close: () => groups.flush(),
  }
}

function rowOf(tenant: string, { kind, subject, body, timeMs }: JournalEntry, retentionMs: number): string {
  const expires = Math.min(2 ** 32 - 1, Math.ceil((timeMs + retentionMs) / 1000))
  const cells = [tenant, kind, subject, body, expires, (timeMs / 1000).toFixed(3)]
  return `${cells.map((cell) => textCell(String(cell))).join('\t')}\n`
}

function selectOf(tenant: string, { kind, subjects, fromMs, toMs, limit, order }: JournalRequest): string {
  const time = (ms: number): string => `fromUnixTimestamp64Milli(toInt64(${Math.trunc(ms)}))`
  const direction = order === 'newest-first' ? 'DESC' : 'ASC'
  const conditions = [
    `tenant = ${sqlString(tenant)}`,
    `kind = ${sqlString(kind)}`,
    `ts >= ${time(fromMs)}`,
    `ts < ${time(toMs)}`,
    ...(subjects === undefined ? [] : [`subject IN (${subjects.map(sqlString).join(', ')})`]),
  ]
  // Those of one millisecond have an order too: who reads page by page misses none.
  return (
    `SELECT subject, toUnixTimestamp64Milli(ts), body FROM ${JOURNAL} WHERE ${conditions.join(' AND ')} ` +
    `ORDER BY ts ${direction}, subject, body LIMIT ${Math.max(0, Math.trunc(limit))}`
  )
}
