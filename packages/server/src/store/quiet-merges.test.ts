import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Driver } from './driver.ts'
import { startQuietMerges } from './quiet-merges.ts'
import { openEmbeddedDriver } from './testing/embedded-driver.ts'

const QUIET_MS = 300
const dataDir = mkdtempSync(join(tmpdir(), 'girok-merges-'))
const complaints: string[] = []
let driver: Driver
beforeAll(async () => {
  driver = await openEmbeddedDriver(dataDir)
  await driver.command(
    // The engine merges nothing by itself.
    'CREATE TABLE things (day Date, text String) ENGINE = MergeTree PARTITION BY day ORDER BY text ' +
      'SETTINGS min_parts_to_merge_at_once = 100',
  )
})
afterAll(async () => {
  await driver.close()
  rmSync(dataDir, { recursive: true, force: true })
})

let tokens = 0
async function insert(day: string, rows: number): Promise<void> {
  // Of bytes that no codec makes small, so that sizes are in proportion to rows.
  const text = `toString(cityHash64(number, ${tokens}))`
  await driver.command(
    `INSERT INTO things SELECT toDate('${day}'), concat(${text}, hex(sipHash128(${text}))) FROM numbers(${rows}) ` +
      `SETTINGS insert_deduplication_token = 't${tokens++}'`,
  )
}

/** Active parts by day. */
async function parts(): Promise<Record<string, number>> {
  const sql = "SELECT partition, count() FROM system.parts WHERE active AND table = 'things' GROUP BY partition"
  const answer = await driver.query(sql, 'TabSeparated', { lane: 'interactive', timeoutMs: 10_000 })
  const rows = answer.toString().trimEnd().split('\n')
  return Object.fromEntries(rows.map((row) => row.split('\t')).map(([day, count]) => [day, Number(count)]))
}

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms))

it('merges what writes have left once it is quiet, and not for a few rows more', async () => {
  const log = (_level: string, message: string): void => void complaints.push(message)
  const merges = startQuietMerges(driver, { table: 'things', log, quietMs: QUIET_MS })
  for (let n = 0; n < 4; n++) await insert('2026-01-01', 5000)
  for (let n = 0; n < 2; n++) await insert('2026-01-02', 5000)
  merges.stored()
  const busyUntil = performance.now() + 3 * QUIET_MS
  while (performance.now() < busyUntil) {
    merges.stored()
    await sleep(QUIET_MS / 4)
  }
  expect(await parts()).toEqual({ '2026-01-01': 4, '2026-01-02': 2 })

  await expect.poll(parts, { timeout: 10_000 }).toEqual({ '2026-01-01': 1, '2026-01-02': 2 })

  for (let n = 0; n < 4; n++) await insert('2026-01-01', 100)
  merges.stored()
  await sleep(5 * QUIET_MS)
  expect((await parts())['2026-01-01']).toBe(5)

  for (let n = 0; n < 2; n++) await insert('2026-01-01', 5000)
  merges.stored()
  await expect.poll(parts, { timeout: 10_000 }).toMatchObject({ '2026-01-01': 1 })
  await merges.stop()
  expect(complaints).toEqual([])
})
