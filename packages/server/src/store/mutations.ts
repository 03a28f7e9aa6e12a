import { setTimeout as sleep } from 'node:timers/promises'
import { GirokError } from '../model/errors.ts'
import type { Driver } from './driver.ts'

const POLL_MS = 50
const QUERY_TIMEOUT_MS = 30_000
/** The engine rewrites a mask per part, one after the other, behind the merges that run. */
const DELETE_TIMEOUT_MS = 600_000

/** Resolves when the engine has carried out all deletions that were asked of the tables. */
export async function untilMutationsAreDone(
  driver: Driver,
  tables: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const names = tables.map((table) => `'${table}'`).join(', ')
  const sql =
    "SELECT count(), anyIf(latest_fail_reason, latest_fail_reason != '') FROM system.mutations " +
    `WHERE database = currentDatabase() AND table IN (${names}) AND NOT is_done`
  const deadlineMs = Date.now() + DELETE_TIMEOUT_MS
  for (;;) {
    const answer = await driver.query(sql, 'TabSeparated', { lane: 'interactive', timeoutMs: QUERY_TIMEOUT_MS })
    const [count, reason] = answer.toString().trimEnd().split('\t')
    if (count === '0') return
    if (Date.now() > deadlineMs) {
      const why = reason === undefined || reason === '' ? '' : `: ${reason}`
      throw new GirokError(
        'timeout',
        `the deletion is under way, but not done after ${DELETE_TIMEOUT_MS / 1000} s${why}`,
      )
    }
    await sleep(POLL_MS, undefined, { signal })
  }
}
