import { statfsSync } from 'node:fs'
import type { FeedListener } from '../model/feed.ts'
import { deleteByLabel, forgetEmptyStreams } from './delete.ts'
import { Deletions } from './deletions.ts'
import { openDocumentStore } from './documents/open.ts'
import type { Driver } from './driver.ts'
import { chdbDriver } from './drivers/chdb.ts'
import { clickhouseDriver } from './drivers/clickhouse.ts'
import type { DriverLog } from './drivers/definition.ts'
import type { GroupOptions } from './group-commit.ts'
import { IdempotencyKeys } from './idempotency.ts'
import { openJournal } from './journal/open.ts'
import { lockDirectory } from './lock.ts'
import { migrate } from './migrate.ts'
import { setPromotedFields } from './promoted.ts'
import { createRetention, type RetentionOptions } from './retention.ts'
import { openSamples } from './samples/open.ts'
import { EXEMPLARS, SAMPLES } from './samples/schema.ts'
import { LOGS, MIGRATIONS } from './schema.ts'
import { openStateStore } from './state/open.ts'
import type { LogStore, StoreHealth } from './store.ts'
import { DEFAULT_FIELDS, type FieldKinds, promotedField, syncFields } from './stored-fields.ts'
import { forgetStreamsBefore, StreamTable } from './streams.ts'
import { createUsage } from './usage.ts'
import { Writer } from './writer.ts'

const MIB = 2 ** 20
const NO_RETENTION: RetentionOptions = { maxAgeMs: 0, maxBytes: 0, intervalMs: 300_000 }
const JOURNAL_RETENTION_MS = 30 * 86_400_000
const DEFAULT_BATCH = { maxRows: 20_000, maxBytes: 8 * MIB, maxAgeMs: 100 }

export interface StoreOptions {
  /** Directory for the embedded engine and the lock; made (mode 0700) when missing. */
  readonly dataDir: string
  /** `http(s)://host:port` of a ClickHouse server; left out, the engine runs in this process. */
  readonly url?: string
  /** Default: girok. Made when missing. Remote engine only. */
  readonly database?: string
  /** Default: default. Remote engine only. */
  readonly username?: string
  /** Default: empty. Remote engine only. */
  readonly password?: string
  /** `fsync` (default): what is acknowledged survives a power cut. `fast`: a crash of the process only. */
  readonly durability?: 'fsync' | 'fast'
  /** Queries of the lane `query` at once. Default 2. */
  readonly readers?: number
  /** Memory of the embedded engine. Default 450 MiB. */
  readonly maxMemoryBytes?: number
  /** Free disk below which inserts are refused with `disk_full`. Default 64 MiB. Embedded engine only. */
  readonly minFreeDiskBytes?: number
  /** Bounds of a group of batches that is stored at once. Defaults: 20,000 rows, 8 MiB, 100 ms. */
  readonly batch?: { readonly maxRows: number; readonly maxBytes: number; readonly maxAgeMs: number }
  /** Bytes of batches under way above which writes are refused with `overloaded`. Default 64 MiB. */
  readonly maxPendingBytes?: number
  /** Fields of JSON lines that get columns of their own. Default: {@link DEFAULT_FIELDS}. */
  readonly promotedFields?: FieldKinds
  /** Default: nothing is ever removed. */
  readonly retention?: RetentionOptions
  /** How long entries of the journal are kept. Default: 30 days. */
  readonly journalRetentionMs?: number
}

export interface StoreHooks {
  /** Called with every batch right after it was stored, in order of storing. Batches known by their key do not count. */
  readonly onStored?: FeedListener
  readonly log?: DriverLog
}

/**
 * Opens the store of a data directory: lock, engine, migrations, streams, retention. Rejects with a GirokError that says
 * what stands in the way (the directory is in use or not writable, the engine has no build here, its server does not
 * answer, the data is of a newer version); everything is closed again then.
 */
export async function openStore(options: StoreOptions, hooks: StoreHooks = {}): Promise<LogStore> {
  const log: DriverLog = hooks.log ?? (() => undefined)
  const lock = await lockDirectory(options.dataDir)
  let driver: Driver | undefined
  try {
    driver = await openDriver(options, log)
    return await assemble(driver, options, hooks, log, () => lock.release())
  } catch (error) {
    await driver?.close()
    lock.release()
    throw error
  }
}

function openDriver(options: StoreOptions, log: DriverLog): Promise<Driver> {
  const definition = options.url === undefined ? chdbDriver : clickhouseDriver
  return definition.open({
    dataDir: options.dataDir,
    url: options.url,
    database: options.database ?? 'girok',
    username: options.username ?? 'default',
    password: options.password ?? '',
    readers: options.readers ?? 2,
    maxMemoryBytes: options.maxMemoryBytes ?? 450 * MIB,
    minFreeDiskBytes: minFreeDisk(options),
    log,
  })
}

async function assemble(
  driver: Driver,
  options: StoreOptions,
  hooks: StoreHooks,
  log: DriverLog,
  release: () => void,
): Promise<LogStore> {
  await migrate(driver, MIGRATIONS, { engine: driver.kind, durability: options.durability ?? 'fsync' })
  const fields = await syncFields(driver, options.promotedFields ?? DEFAULT_FIELDS)
  setPromotedFields(fields.map(promotedField))
  const [streams, keys, deletions] = await Promise.all([
    StreamTable.load(driver),
    IdempotencyKeys.load(driver),
    Deletions.load(driver, Date.now()),
  ])
  const groups = { ...(options.batch ?? DEFAULT_BATCH), maxPendingBytes: options.maxPendingBytes ?? 64 * MIB }
  const writer = new Writer(driver, streams, keys, { ...groups, fields })
  const samples = await openSamples(driver, sampleGroups(groups))
  const retention = createRetention(driver, [LOGS, SAMPLES, EXEMPLARS], options.retention ?? NO_RETENTION, {
    log,
    now: Date.now,
    async onRemoved(table, oldestHour) {
      if (table === LOGS) await writer.exclusive(() => forgetStreamsBefore(driver, streams, oldestHour))
      if (table === SAMPLES) await samples.forgetBefore(oldestHour)
    },
  })
  retention.start()
  const state = await openStateStore(driver, (error) =>
    log('warning', 'dead rows of state could not be deleted', { error }),
  )
  const journal = openJournal(driver, options.journalRetentionMs ?? JOURNAL_RETENTION_MS)
  let closing: Promise<void> | undefined

  return {
    driver,
    streams,
    samples,
    deletions,
    documents: openDocumentStore(driver),
    state,
    journal,
    usage: createUsage(driver),
    async write(batchToStore, writeOptions) {
      const end = deletions.noteWrite(batchToStore)
      const result = await writer.write(batchToStore, writeOptions).finally(end)
      if (result.stored) hooks.onStored?.(batchToStore)
      return result
    },
    health: () => spaceReturned(worse(writer.health(), samples.health()), driver, options),
    forgetEmptyStreams: (tenant, ids) => forgetEmptyStreams(driver, writer, streams, tenant, ids),
    deleteByLabel: (tenant, name, value) => deleteByLabel(driver, writer, streams, { tenant, name, value }),
    close() {
      closing ??= (async () => {
        try {
          await retention.stop()
          await Promise.all([writer.close(), samples.close(), state.close(), journal.close()])
        } finally {
          await driver.close()
          release()
        }
      })()
      return closing
    },
  }
}

/**
 * Each insert of samples costs 10 to 20 ms of CPU whatever its size, each sample 0.6 µs: so groups may be large, as
 * samples are small, and small ones wait. Requests of 2,000 samples from one sender cost a quarter of the CPU for it.
 */
function sampleGroups(groups: GroupOptions): GroupOptions {
  return { ...groups, maxRows: groups.maxRows * 10, small: { rows: 10_000, waitMs: groups.maxAgeMs } }
}

/** Health of the two writers together: that of the records, unless only samples have a fault. */
function worse(records: StoreHealth, samples: StoreHealth): StoreHealth {
  return records.state === 'ready' ? samples : records
}

/** A full disk is over when there is room for a batch again, not only when the next write has found out. */
function spaceReturned(health: StoreHealth, driver: Driver, options: StoreOptions): StoreHealth {
  if (health.state !== 'disk_full' || driver.kind !== 'chdb') return health
  const { bavail, bsize } = statfsSync(options.dataDir)
  const room = 2 * (options.batch?.maxBytes ?? DEFAULT_BATCH.maxBytes)
  return bavail * bsize > minFreeDisk(options) + room ? { state: 'ready' } : health
}

function minFreeDisk(options: StoreOptions): number {
  return options.minFreeDiskBytes ?? 64 * MIB
}
