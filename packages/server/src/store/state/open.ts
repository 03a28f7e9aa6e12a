import { GirokError } from '../../model/errors.ts'
import type { Driver } from '../driver.ts'
import { sqlString } from '../literal.ts'
import { readRows } from '../read-rows.ts'
import { RowGroups } from '../row-groups.ts'
import { textCell } from '../tab-cell.ts'
import { NEVER, STATE, STATE_COLUMNS } from './schema.ts'
import { LONGEST_STATE, type StateChange, type StateEntry, type StateStore } from './state-store.ts'

/** Changes within one millisecond that have a version of their own. */
const VERSIONS_PER_MS = 1_000

/** How often rows of what was removed or has expired are deleted. */
const SWEEP_MS = 6 * 3_600_000

export interface OpenState extends StateStore {
  close(): Promise<void>
}

/** The state of a store whose tables exist. Nothing of it is held in memory. `fault` is told when dead rows cannot be deleted. */
export async function openStateStore(
  driver: Driver,
  fault: (error: unknown) => void,
  now: () => number = Date.now,
): Promise<OpenState> {
  const groups = new RowGroups(driver, STATE, STATE_COLUMNS, 0)
  // A clock that was set back must not make changes older than those they follow.
  let version = 0
  for await (const [last] of readRows(driver, `SELECT max(version) FROM ${STATE}`)) version = Number(last)

  function rowOf(tenant: string, kind: string, { key, body, expiresMs }: StateChange): string {
    version = Math.max(version + 1, now() * VERSIONS_PER_MS)
    const expires = expiresMs === undefined ? NEVER : Math.min(NEVER, Math.ceil(expiresMs / 1000))
    const cells = [tenant, kind, key, body ?? '', now(), expires, body === undefined ? 1 : 0, version]
    return `${cells.map((cell) => textCell(String(cell))).join('\t')}\n`
  }

  /**
   * A time to live of the table would not do: where the last row of a key goes first, the one before would be the last.
   * What is written while this runs has a later version.
   */
  async function sweep(): Promise<void> {
    const gone = `argMax(removed, ${STATE}.version) = 1 OR argMax(expires, ${STATE}.version) <= ${Math.floor(now() / 1000)}`
    const keys = `SELECT tenant, kind, key FROM ${STATE} WHERE version <= ${version} GROUP BY tenant, kind, key HAVING ${gone}`
    for await (const [found] of readRows(driver, `SELECT count() FROM (${keys})`)) {
      if (Number(found) === 0) return
    }
    await driver.command(
      `DELETE FROM ${STATE} WHERE version <= ${version} AND (tenant, kind, key) IN (${keys}) SETTINGS lightweight_deletes_sync = 0`,
    )
  }
  await sweep().catch(fault)
  const timer = setInterval(() => void sweep().catch(fault), SWEEP_MS)
  timer.unref()

  return {
    close() {
      clearInterval(timer)
      return groups.flush()
    },
    async load(tenant, kind) {
      const latest = (column: string): string => `argMax(${column}, ${STATE}.version)`
      const sql =
        `SELECT key, ${latest('body')}, ${latest('at')} FROM ${STATE} ` +
        `WHERE tenant = ${sqlString(tenant)} AND kind = ${sqlString(kind)} GROUP BY key ` +
        `HAVING ${latest('removed')} = 0 AND ${latest('expires')} > ${Math.floor(now() / 1000)} ORDER BY key`
      const entries: StateEntry[] = []
      for await (const [key = '', body = '', at] of readRows(driver, sql)) {
        entries.push({ key, body, updatedMs: Number(at) })
      }
      return entries
    },

    async put(tenant, kind, changes) {
      if (changes.length === 0) return
      for (const { key, body } of changes) refuseLarge(kind, key, body)
      await groups.add(Buffer.from(changes.map((change) => rowOf(tenant, kind, change)).join('')))
    },
  }
}

function refuseLarge(kind: string, key: string, body: string | undefined): void {
  const bytes = Buffer.byteLength(body ?? '')
  if (bytes <= LONGEST_STATE) return
  throw new GirokError(
    'limit_exceeded',
    `the ${kind} ${JSON.stringify(key.slice(0, 100))} has ${bytes} bytes, at most ${LONGEST_STATE} are kept`,
  )
}
