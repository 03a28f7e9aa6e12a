import type { Driver } from './driver.ts'
import { sqlString } from './literal.ts'
import { untilMutationsAreDone } from './mutations.ts'
import { LOGS, STREAMS } from './schema.ts'
import type { StreamTable } from './streams.ts'
import type { Writer } from './writer.ts'

const QUERY_TIMEOUT_MS = 30_000
/** Ids in one statement, which the engine keeps as text until it is carried out. */
const IDS_PER_STATEMENT = 5000

/**
 * Removes the records of all streams of a tenant with a label value: exactly those acknowledged before the call.
 * Resolves when no query sees them. Their streams are forgotten.
 */
export async function deleteByLabel(
  driver: Driver,
  writer: Writer,
  streams: StreamTable,
  target: { readonly tenant: string; readonly name: string; readonly value: string },
): Promise<void> {
  const { tenant, name, value } = target
  // While no insert runs: a record stored later under the same labels finds its stream forgotten and saves it anew.
  const issued = await writer.exclusive(async () => {
    const ids: string[] = []
    for (const stream of streams.list(tenant, 0n, 2n ** 63n)) if (stream.labels.get(name) === value) ids.push(stream.id)
    for (let i = 0; i < ids.length; i += IDS_PER_STATEMENT) {
      const where = `tenant = ${sqlString(tenant)} AND stream IN (${ids.slice(i, i + IDS_PER_STATEMENT).join(', ')})`
      // The engine has written the order down when the statement returns, and carries it out after a restart, too.
      for (const table of [LOGS, STREAMS]) {
        await driver.command(`DELETE FROM ${table} WHERE ${where} SETTINGS lightweight_deletes_sync = 0`)
      }
    }
    streams.remove(tenant, ids)
    return ids.length > 0
  })
  if (issued) await untilDone(driver)
}

/** Resolves when the engine has carried out all that was asked of the logs table. */
export function untilDone(driver: Driver, signal?: AbortSignal): Promise<void> {
  return untilMutationsAreDone(driver, [LOGS], signal)
}

/** Forgets those of the streams that have no row left, also on the disk. */
export async function forgetEmptyStreams(
  driver: Driver,
  writer: Writer,
  streams: StreamTable,
  tenant: string,
  ids: readonly string[],
): Promise<void> {
  for (let i = 0; i < ids.length; i += IDS_PER_STATEMENT) {
    const some = ids.slice(i, i + IDS_PER_STATEMENT)
    const among = `tenant = ${sqlString(tenant)} AND stream IN (${some.join(', ')})`
    // While no insert runs: a stream that is empty now and written to later is saved anew.
    await writer.exclusive(async () => {
      const sql = `SELECT DISTINCT toString(stream) FROM ${LOGS} WHERE ${among}`
      const answer = await driver.query(sql, 'TabSeparated', { lane: 'interactive', timeoutMs: QUERY_TIMEOUT_MS })
      const left = new Set(answer.toString().split('\n'))
      const gone = some.filter((id) => !left.has(id))
      if (gone.length === 0) return
      const where = `tenant = ${sqlString(tenant)} AND stream IN (${gone.join(', ')})`
      await driver.command(`DELETE FROM ${STREAMS} WHERE ${where} SETTINGS lightweight_deletes_sync = 0`)
      streams.remove(tenant, gone)
    })
  }
}
