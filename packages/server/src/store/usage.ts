import type { Driver } from './driver.ts'
import { SAMPLES } from './samples/schema.ts'
import { LOGS } from './schema.ts'
import type { StoreUsage } from './store.ts'

const CACHE_MS = 5000
const QUERY_TIMEOUT_MS = 10_000

/** Reads what the store holds, at most every few seconds; callers at the same time share one look. */
export function createUsage(driver: Driver): () => Promise<StoreUsage> {
  let cached: { readonly atMs: number; readonly usage: Promise<StoreUsage> } | undefined
  return () => {
    const nowMs = performance.now()
    if (cached === undefined || nowMs - cached.atMs > CACHE_MS) {
      const usage = readUsage(driver)
      const entry = { atMs: nowMs, usage }
      cached = entry
      usage.catch(() => {
        if (cached === entry) cached = undefined
      })
    }
    return cached.usage
  }
}

/** Bytes on disk are those of all tables, superseded parts included; the rest is of the records. */
async function readUsage(driver: Driver): Promise<StoreUsage> {
  const logs = `active AND table = '${LOGS}'`
  const day = "toUnixTimestamp(toDateTime(toDate(partition), 'UTC'))"
  const sql =
    `SELECT sumIf(rows, ${logs}), sum(bytes_on_disk), countIf(${logs}), minIf(${day}, ${logs}), maxIf(${day}, ${logs}), ` +
    `sumIf(rows, active AND table = '${SAMPLES}') ` +
    `FROM (SELECT table, active, rows, bytes_on_disk, if(table = '${LOGS}', partition, '1970-01-01') AS partition ` +
    'FROM system.parts WHERE database = currentDatabase())'
  const answer = await driver.query(sql, 'TabSeparated', { lane: 'interactive', timeoutMs: QUERY_TIMEOUT_MS })
  const [rows, bytesOnDisk, activeParts, oldestDay, newestDay, samples] = answer
    .toString()
    .trimEnd()
    .split('\t')
    .map(Number) as [number, number, number, number, number, number]
  return activeParts === 0
    ? { rows, samples, bytesOnDisk, activeParts }
    : { rows, samples, bytesOnDisk, activeParts, oldestDay, newestDay }
}
