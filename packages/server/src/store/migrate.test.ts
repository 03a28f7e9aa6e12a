import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Driver } from './driver.ts'
import { migrate } from './migrate.ts'
import type { Migration, MigrationContext } from './migration.ts'
import { MIGRATIONS } from './schema.ts'
import { buildChildScript, type ChildScript } from './testing/child-script.ts'
import { openEmbeddedDriver } from './testing/embedded-driver.ts'

const CONTEXT: MigrationContext = { engine: 'chdb', durability: 'fsync' }
const directories: string[] = []

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'girok-migrate-'))
  directories.push(made)
  return made
}

function open(dataDir: string): Promise<Driver> {
  return openEmbeddedDriver(dataDir)
}

async function read(driver: Driver, sql: string): Promise<string> {
  return (await driver.query(sql, 'TabSeparated', { lane: 'query', timeoutMs: 10_000 })).toString()
}

const TABLES = 'SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase() ORDER BY name'

afterAll(() => {
  for (const made of directories) rmSync(made, { recursive: true, force: true })
})

describe('migrations', () => {
  let child: ChildScript
  beforeAll(async () => {
    child = await buildChildScript(new URL('./testing/migrate-child.ts', import.meta.url))
  })
  afterAll(() => child.remove())

  // Each kill is a process of its own that loads the engine.
  it('end as without a break when the process is killed after any statement', { timeout: 180_000 }, async () => {
    const wholeDir = directory()
    const whole = await open(wholeDir)
    await migrate(whole, MIGRATIONS, CONTEXT)
    const wanted = await read(whole, TABLES)
    const wantedSteps = await read(whole, 'SELECT version, step, name FROM girok_migrations ORDER BY ALL')
    await whole.close()

    // One directory all through. The first thing of a start is the table of migrations; then one start is killed after
    // a statement that it could not record, and the next after it did.
    const dataDir = directory()
    let kills = 0
    for (;;) {
      const stopAfter = kills % 2 === 0 ? '2' : '3'
      const run = spawnSync(process.execPath, [child.path, dataDir, stopAfter], { encoding: 'utf8' })
      if (run.signal === 'SIGKILL') {
        kills++
        if (kills > 60) throw new Error('the migrations do not get on')
        continue
      }
      expect(run.stderr).toBe('')
      expect(run.status).toBe(0)
      break
    }
    const steps = MIGRATIONS.reduce((sum, migration) => sum + migration.statements(CONTEXT).length, 0)
    expect(kills).toBe(2 * steps)

    const resumed = await open(dataDir)
    expect(await migrate(resumed, MIGRATIONS, CONTEXT)).toBe(MIGRATIONS.at(-1)?.version)
    expect(await read(resumed, TABLES)).toBe(wanted)
    expect(await read(resumed, 'SELECT version, step, name FROM girok_migrations ORDER BY ALL')).toBe(wantedSteps)
    await resumed.close()
  })

  it('repeats a statement that was done but not recorded, and nothing that was recorded', async () => {
    const driver = await open(directory())
    const ran: string[] = []
    const recording: Driver = {
      ...driver,
      async command(sql) {
        await driver.command(sql)
        ran.push(sql)
      },
      async insert(table, columns, rows, options) {
        if (rows.toString().startsWith('1\t1\t')) throw new Error('killed here')
        await driver.insert(table, columns, rows, options)
      },
    }
    const first = [
      'CREATE TABLE IF NOT EXISTS a (x Int8) ENGINE = Memory',
      'CREATE TABLE IF NOT EXISTS b (x Int8) ENGINE = Memory',
    ]
    const migrations: Migration[] = [{ version: 1, name: 'first', statements: () => first }]
    await expect(migrate(recording, migrations, CONTEXT)).rejects.toThrow('killed here')
    const before = ran.length
    await migrate({ ...recording, insert: driver.insert }, migrations, CONTEXT)
    expect(ran.slice(before).filter((sql) => first.includes(sql))).toEqual([first[1]])
    await driver.close()
  })

  it('refuse data of a newer Girok and name both versions', async () => {
    const driver = await open(directory())
    const newer: Migration[] = [1, 2, 3].map((version) => ({
      version,
      name: `step ${version}`,
      statements: () => ['SELECT 1'],
    }))
    await migrate(driver, newer, CONTEXT)
    await expect(migrate(driver, newer.slice(0, 2), CONTEXT)).rejects.toThrow(/newer Girok.*version 3.*up to 2/)
    const other = newer.map((migration) => ({ ...migration, name: `other ${migration.version}` }))
    await expect(migrate(driver, other, CONTEXT)).rejects.toThrow(/another line of Girok.*"step 1".*"other 1"/)
    await driver.close()
  })

  it('have the versions 1, 2, 3 …', () => {
    expect(MIGRATIONS.map((migration) => migration.version)).toEqual(MIGRATIONS.map((_, index) => index + 1))
  })
})
