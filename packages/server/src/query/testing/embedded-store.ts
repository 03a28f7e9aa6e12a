import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labelSet, makeStream, type Stream } from '../../model/labels.ts'
import { Deletions } from '../../store/deletions.ts'
import { openDocumentStore } from '../../store/documents/open.ts'
import type { Driver } from '../../store/driver.ts'
import { chdbDriver } from '../../store/drivers/chdb.ts'
import { ROW_KIND, rowKindSql } from '../../store/promoted.ts'
import { openSamples } from '../../store/samples/open.ts'
import { LOGS, LOGS_COLUMNS, MIGRATIONS, STREAMS } from '../../store/schema.ts'
import type { IndexedStream, LogStore } from '../../store/store.ts'
import { createMemoryJournal, createMemoryState } from '../../store/testing/memory-state.ts'

/** A record as tests write it. */
export interface TestRecord {
  readonly tenant?: string
  readonly timeNs: bigint
  readonly labels: Readonly<Record<string, string>>
  readonly line: string
  readonly level?: string
  readonly metadata?: readonly (readonly [string, string])[]
}

/** A store on an engine of its own, without the writer: tests put rows in directly. */
export interface EmbeddedStore extends LogStore {
  /** Stores the records as one part per day, in order of arrival; `untold`: as rows of which nothing is known. */
  put(records: readonly TestRecord[], untold?: boolean): Promise<void>
  /** Statements that were sent to the engine since the last call. */
  takeStatements(): string[]
}

const HOUR_NS = 3_600_000_000_000n

/** Opens the engine in a temporary directory, which `close` removes. */
export async function openEmbeddedStore(): Promise<EmbeddedStore> {
  const dataDir = mkdtempSync(join(tmpdir(), 'girok-query-'))
  const opened = await chdbDriver.open({
    dataDir,
    url: undefined,
    database: 'girok',
    username: 'default',
    password: '',
    readers: 2,
    maxMemoryBytes: 450 * 2 ** 20,
    minFreeDiskBytes: 2 ** 20,
    log: () => {},
  })
  for (const migration of MIGRATIONS) {
    for (const statement of migration.statements({ durability: 'fast' } as never)) {
      // Streams are held in memory here.
      if (!statement.includes(STREAMS)) await opened.command(statement)
    }
  }
  let statements: string[] = []
  const driver: Driver = {
    ...opened,
    query(sql, format, options) {
      statements.push(sql)
      return opened.query(sql, format, options)
    },
  }
  const byId = new Map<string, IndexedStream & { readonly tenant: string }>()
  let token = 0
  const unused = (): never => {
    throw new Error('not part of this store')
  }
  return {
    driver,
    write: unused,
    samples: await openSamples(opened, { maxRows: 20_000, maxBytes: 2 ** 23, maxAgeMs: 0, maxPendingBytes: 2 ** 26 }),
    deletions: await Deletions.load(driver, 0),
    documents: openDocumentStore(driver),
    state: createMemoryState(),
    journal: createMemoryJournal(),
    forgetEmptyStreams: async () => {},
    deleteByLabel: unused,
    usage: unused,
    health: () => ({ state: 'ready' }),
    streams: {
      *list(tenant, startNs, endNs) {
        const first = Number(startNs / HOUR_NS)
        const last = Number(endNs / HOUR_NS)
        for (const stream of byId.values()) {
          if (stream.tenant === tenant && stream.lastHour >= first && stream.firstHour <= last) yield stream
        }
      },
      get: (_tenant, id) => byId.get(id),
      count: (tenant) => [...byId.values()].filter((stream) => stream.tenant === tenant).length,
      tenants: () => new Set([...byId.values()].map((stream) => stream.tenant)),
    },
    async put(records, untold = false) {
      const rows: string[] = []
      for (const record of records) {
        const tenant = record.tenant ?? 'default'
        const stream = makeStream(tenant, labelSet(Object.entries(record.labels)))
        remember(byId, stream, Number(record.timeNs / HOUR_NS))
        const metadata = (record.metadata ?? []).map(([name, value]) => `${quoted(name)}:${quoted(value)}`).join(',')
        const columns: Record<(typeof LOGS_COLUMNS)[number], string> = {
          tenant,
          ts: `${record.timeNs / 1_000_000_000n}.${String(record.timeNs % 1_000_000_000n).padStart(9, '0')}`,
          stream: stream.id,
          level: record.level ?? '',
          line: record.line,
          meta: `{${metadata}}`,
          batch: '0',
        }
        // A map is not escaped as a whole: the texts within it are.
        rows.push(
          LOGS_COLUMNS.map((name) => (name === 'meta' ? columns[name] : tabSeparated(columns[name]))).join('\t'),
        )
      }
      await opened.insert(LOGS, LOGS_COLUMNS, Buffer.from(`${rows.join('\n')}\n`), { token: `test-${++token}` })
      if (untold) return
      await opened.command(
        `ALTER TABLE ${LOGS} UPDATE ${ROW_KIND} = ${rowKindSql()} WHERE ${ROW_KIND} = 0 SETTINGS mutations_sync = 1`,
      )
    },
    takeStatements() {
      const taken = statements
      statements = []
      return taken
    },
    async close() {
      await opened.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function remember(
  byId: Map<string, IndexedStream & { readonly tenant: string }>,
  { id, tenant, labels }: Stream,
  hour: number,
): void {
  const known = byId.get(id)
  byId.set(id, {
    id,
    tenant,
    labels,
    firstHour: Math.min(hour, known?.firstHour ?? hour),
    lastHour: Math.max(hour, known?.lastHour ?? hour),
  })
}

function tabSeparated(text: string): string {
  return text.replace(
    /[\\\t\n\r\0]/g,
    (char) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[char] ?? '\\0',
  )
}

function quoted(text: string): string {
  return `'${tabSeparated(text).replaceAll("'", "\\'")}'`
}
