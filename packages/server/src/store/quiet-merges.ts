import { GirokError } from '../model/errors.ts'
import type { Driver } from './driver.ts'
import type { DriverLog } from './drivers/definition.ts'
import { sqlString } from './literal.ts'

const MIB = 2 ** 20

/** Nothing was stored for so long. */
const QUIET_MS = 5_000
const LOOK_EVERY_MS = 2_500

/** As many parts are as quick to read as one. */
const FEW_PARTS = 2
/**
 * Partitions up to this size; a merge takes 4 s of CPU for 32 MiB, and other commands wait for it. In larger ones the
 * reading of rows outweighs that of parts.
 */
const MOST_BYTES = 128 * MIB
/** What is besides the largest part must be this share of it: so a row is merged a few times at most, however often it is quiet. */
const LEAST_SHARE = 0.25

export interface QuietMergesOptions {
  readonly table: string
  readonly log: DriverLog
  readonly quietMs?: number
}

export interface QuietMerges {
  /** To be called when rows were stored. */
  stored(): void
  stop(): Promise<void>
}

/**
 * Merges the parts that a spell of writes has left, once it is over. The engine leaves a dozen of them to its next merges,
 * which come with the next writes: a million rows in ten parts cost aggregates 40 % more CPU than in one.
 */
export function startQuietMerges(driver: Driver, { table, log, quietMs = QUIET_MS }: QuietMergesOptions): QuietMerges {
  const stopping = new AbortController()
  const { signal } = stopping
  let storedAt: number | undefined
  let merging: Promise<void> | undefined

  const timer = setInterval(
    () => {
      if (merging !== undefined || storedAt === undefined || performance.now() - storedAt < quietMs) return
      storedAt = undefined
      merging = merge()
        .catch((error) => {
          if (!signal.aborted) log('warning', 'parts could not be merged', { table, error: String(error) })
        })
        .finally(() => {
          merging = undefined
        })
    },
    Math.min(LOOK_EVERY_MS, quietMs),
  )
  timer.unref()

  async function merge(): Promise<void> {
    const scattered =
      'SELECT partition_id FROM system.parts ' +
      `WHERE active AND database = currentDatabase() AND table = ${sqlString(table)} GROUP BY partition_id ` +
      `HAVING count() > ${FEW_PARTS} AND sum(bytes_on_disk) <= ${MOST_BYTES} ` +
      `AND sum(bytes_on_disk) >= ${1 + LEAST_SHARE} * max(bytes_on_disk)`
    const answer = await driver.query(scattered, 'TabSeparated', { lane: 'interactive', timeoutMs: 30_000, signal })
    for (const partition of answer.toString('latin1').split('\n')) {
      // Writes have begun again: their merges take these parts along.
      if (partition === '' || storedAt !== undefined) continue
      await driver.command(`OPTIMIZE TABLE ${table} PARTITION ID ${sqlString(partition)} FINAL`, { signal })
    }
  }

  return {
    stored() {
      storedAt = performance.now()
    },
    async stop() {
      clearInterval(timer)
      stopping.abort(new GirokError('store_unavailable', 'the store is stopping'))
      await merging
    },
  }
}
