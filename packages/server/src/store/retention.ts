import { setTimeout as sleep } from 'node:timers/promises'
import type { Driver } from './driver.ts'
import type { DriverLog } from './drivers/definition.ts'
import { sqlString } from './literal.ts'
import { type Day, type HoursToCut, hourToFree, planRetention, type RetentionLimits } from './retention-plan.ts'
import { LOGS } from './schema.ts'

/** Days that had records come in after their end, so that late records are not removed the moment they arrive. */
const BOOK = 'girok_late_days'
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const QUERY_TIMEOUT_MS = 60_000
/** Starting is not the time to remove things. */
const FIRST_RUN_MS = 10_000

export interface RetentionOptions extends RetentionLimits {
  readonly intervalMs: number
}

export interface RetentionHooks {
  readonly log: DriverLog
  /** Called after rows of a table were removed: none is left before this hour (whole hours since the epoch). */
  onRemoved(table: string, oldestHour: number): Promise<void>
  /** Milliseconds since the epoch. */
  now(): number
}

/** Removes old records, by age and by size, again and again. */
export interface Retention {
  /** One look. Rejects as the driver does. */
  run(): Promise<void>
  /** Looks every interval from now on; failures are logged. */
  start(): void
  /** Ends it, after the look that is under way. */
  stop(): Promise<void>
}

/** @param tables tables with a time `ts`, partitioned by its day */
export function createRetention(
  driver: Driver,
  tables: readonly string[],
  options: RetentionOptions,
  hooks: RetentionHooks,
): Retention {
  const { log } = hooks
  const stopping = new AbortController()
  let late: Map<string, Late> | undefined
  let loop: Promise<void> | undefined

  async function run(): Promise<void> {
    late ??= await openBook(driver)
    const nowMs = hooks.now()
    const { days, otherBytes } = await readDays(driver, tables, late, nowMs)
    const plan = planRetention(days, otherBytes, options, nowMs)
    for (const day of plan.tooOld) await drop(day, 'older than retention.maxAge')
    for (const day of plan.tooMuch) await drop(day, 'more than retention.maxBytes is stored')
    const gone = new Set([...plan.tooOld, ...plan.tooMuch])
    const kept = days.filter((day) => !gone.has(day))
    const touched = new Set([...gone].map(({ table }) => table))
    if (!(await isMutating(driver, tables))) {
      const old = plan.tooOldHours.filter(({ day }) => !gone.has(day))
      for (const table of await cutHours(old, plan.excessBytes, kept, nowMs)) touched.add(table)
    }
    for (const table of touched) {
      const ofTable = kept.filter((day) => day.table === table)
      const oldestMs = Math.min(nowMs, ...ofTable.map((day) => day.startMs))
      await hooks.onRemoved(table, Math.floor(oldestMs / HOUR_MS))
    }
  }

  async function drop(day: Day, reason: string): Promise<void> {
    await driver.command(`ALTER TABLE ${day.table} DROP PARTITION ID ${sqlString(day.partitionId)}`)
    const { table, rows, bytes } = day
    log('info', 'removed a day of rows', { table, day: isoDay(day.startMs), rows, bytes, reason })
  }

  /** Returns the tables in which cuts were begun; the engine carries them out in the background. */
  async function cutHours(
    tooOld: readonly HoursToCut[],
    excessBytes: number,
    kept: readonly Day[],
    nowMs: number,
  ): Promise<Set<string>> {
    const cuts = new Set<string>()
    for (const { day, beforeMs } of tooOld) {
      const hours = await readHours(driver, day)
      if (!hours.some(({ startMs }) => startMs < beforeMs)) continue
      await cut(day, beforeMs)
      cuts.add(day.table)
    }
    const today = kept.filter((day) => day.startMs === Math.floor(nowMs / DAY_MS) * DAY_MS)
    if (excessBytes === 0 || today.length === 0) return cuts
    const hours = (await Promise.all(today.map((day) => readHours(driver, day)))).flat()
    const beforeMs = hourToFree(hours, excessBytes, nowMs)
    if (beforeMs === undefined) {
      log('warning', 'this hour alone holds more than retention.maxBytes; nothing is left to remove', { excessBytes })
      return cuts
    }
    const before = new Date(beforeMs).toISOString()
    log('warning', 'today alone holds more than retention.maxBytes; its first hours are removed', {
      before,
      excessBytes,
    })
    for (const day of today) {
      await cut(day, beforeMs)
      cuts.add(day.table)
    }
    return cuts
  }

  async function cut(day: Day, beforeMs: number): Promise<void> {
    const until = `toDateTime64(${beforeMs / 1000}, 9, 'UTC')`
    await driver.command(
      `ALTER TABLE ${day.table} DELETE IN PARTITION ID ${sqlString(day.partitionId)} WHERE ts < ${until}`,
    )
  }

  async function repeat(): Promise<void> {
    const { signal } = stopping
    let waitMs = Math.min(FIRST_RUN_MS, options.intervalMs)
    for (;;) {
      const isStopped = await sleep(waitMs, false, { signal, ref: false }).catch(() => true)
      if (isStopped) return
      waitMs = options.intervalMs
      try {
        await run()
      } catch (error) {
        if (signal.aborted) return
        log('warning', 'retention failed; it is tried again', { error: String(error), afterMs: waitMs })
      }
    }
  }

  return {
    run,
    start() {
      if (options.maxAgeMs === 0 && options.maxBytes === 0) return
      loop ??= repeat()
    },
    async stop() {
      stopping.abort()
      await loop
    },
  }
}

interface Late {
  /** The engine numbers inserted blocks; merges keep the highest number. It rises when records come in. */
  readonly block: bigint
  readonly lateMs: number
}

async function openBook(driver: Driver): Promise<Map<string, Late>> {
  await driver.command(
    `CREATE TABLE IF NOT EXISTS ${BOOK} (day String, block Int64, late DateTime('UTC')) ` +
      'ENGINE = ReplacingMergeTree(block) ORDER BY day',
  )
  const rows = await read(driver, `SELECT day, block, toUnixTimestamp(late) FROM ${BOOK} FINAL`)
  return new Map(
    rows.map(([day = '', block = '0', late = '0']) => [day, { block: BigInt(block), lateMs: Number(late) * 1000 }]),
  )
}

/** What the engine holds, day by day; notes late records in the book. */
async function readDays(
  driver: Driver,
  tables: readonly string[],
  late: Map<string, Late>,
  nowMs: number,
): Promise<{ readonly days: Day[]; readonly otherBytes: number }> {
  const rows = await read(
    driver,
    `SELECT if(table IN (${names(tables)}), table, '') AS name, if(name = '', '', partition_id) AS id, ` +
      "if(name = '', '', partition) AS day, max(max_block_number), toUnixTimestamp(max(modification_time)), sum(rows), " +
      'sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase() GROUP BY name, id, day',
  )
  const days: Day[] = []
  let otherBytes = 0
  const noted: string[] = []
  const held = new Set<string>()
  for (const [table = '', partitionId = '', day = '', block = '0', modified = '0', count, bytes] of rows) {
    if (table === '') {
      otherBytes += Number(bytes)
      continue
    }
    const startMs = Date.parse(`${day}T00:00:00Z`)
    const endMs = startMs + DAY_MS
    const key = bookKey(table, day)
    held.add(key)
    const known = late.get(key)
    // A day that goes on is not late. The first look after its end notes the block that it ended with.
    if (endMs <= nowMs && (known === undefined || BigInt(block) > known.block)) {
      const entry = { block: BigInt(block), lateMs: Math.min(Number(modified) * 1000, nowMs) }
      late.set(key, entry)
      noted.push(`${key}\t${entry.block}\t${Math.floor(entry.lateMs / 1000)}\n`)
    }
    const lateMs = late.get(key)?.lateMs
    days.push({
      table,
      partitionId,
      startMs,
      rows: Number(count),
      bytes: Number(bytes),
      // Records of the day itself that were stored a moment after midnight are not worth the name.
      lateMs: lateMs !== undefined && lateMs > endMs + DAY_MS / 24 ? lateMs : undefined,
    })
  }
  if (noted.length > 0) {
    const rows = Buffer.from(noted.join(''))
    await driver.insert(BOOK, ['day', 'block', 'late'], rows, { token: `late-${nowMs}-${Math.random()}` })
  }
  for (const key of late.keys()) if (!held.has(key)) late.delete(key)
  return { days, otherBytes }
}

/** The book began with the days of records alone. */
function bookKey(table: string, day: string): string {
  return table === LOGS ? day : `${table} ${day}`
}

/** Bytes are counted as spread evenly over the rows of the day. */
async function readHours(driver: Driver, day: Day): Promise<{ startMs: number; bytes: number }[]> {
  const rows = await read(
    driver,
    `SELECT toUnixTimestamp(toStartOfHour(ts)) AS hour, count() FROM ${day.table} ` +
      `WHERE _partition_id = ${sqlString(day.partitionId)} GROUP BY hour`,
  )
  const perRow = day.bytes / Math.max(1, day.rows)
  return rows.map(([hour, count]) => ({ startMs: Number(hour) * 1000, bytes: Number(count) * perRow }))
}

/** True while the engine still removes what an earlier look asked for: sizes are not final then. */
async function isMutating(driver: Driver, tables: readonly string[]): Promise<boolean> {
  const where = `database = currentDatabase() AND table IN (${names(tables)}) AND NOT is_done`
  const rows = await read(driver, `SELECT count() FROM system.mutations WHERE ${where}`)
  return rows[0]?.[0] !== '0'
}

function names(tables: readonly string[]): string {
  return tables.map(sqlString).join(', ')
}

async function read(driver: Driver, sql: string): Promise<string[][]> {
  const answer = await driver.query(sql, 'TabSeparated', { lane: 'interactive', timeoutMs: QUERY_TIMEOUT_MS })
  const lines = answer.toString().split('\n')
  lines.pop()
  return lines.map((line) => line.split('\t'))
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
