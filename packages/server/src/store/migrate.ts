import { GirokError } from '../model/errors.ts'
import type { Driver } from './driver.ts'
import type { Migration, MigrationContext } from './migration.ts'

/** One row per statement that is done. */
const TABLE = 'girok_migrations'

/**
 * Brings the tables to the newest version and resolves to it. Statements that were done by an earlier start are not
 * repeated; one that was interrupted is. Rejects with `store_failed` when the data was written by a newer Girok.
 */
export async function migrate(
  driver: Driver,
  migrations: readonly Migration[],
  context: MigrationContext,
): Promise<number> {
  const known = migrations.at(-1)?.version ?? 0
  await driver.command(
    `CREATE TABLE IF NOT EXISTS ${TABLE} (version UInt32, step UInt32, name String, done DateTime('UTC') DEFAULT now()) ` +
      'ENGINE = MergeTree ORDER BY (version, step) ' +
      'SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000',
  )
  const done = await readDone(driver)
  const found = Math.max(0, ...done.versions.keys())
  if (found > known) {
    throw new GirokError(
      'store_failed',
      `the data was written by a newer Girok: its tables have version ${found}, this Girok knows versions up to ` +
        `${known}. Start the newer Girok again, or choose another data directory.`,
    )
  }
  for (const { version, name, statements } of migrations) {
    const recorded = done.versions.get(version)
    if (recorded !== undefined && recorded !== name) {
      throw new GirokError(
        'store_failed',
        `the data comes from another line of Girok: version ${version} of its tables is "${recorded}", here it is "${name}"`,
      )
    }
    for (const [step, statement] of statements(context).entries()) {
      if (done.steps.has(`${version}/${step}`)) continue
      await driver.command(statement)
      await driver.insert(TABLE, ['version', 'step', 'name'], Buffer.from(`${version}\t${step}\t${name}\n`), {
        token: `${version}/${step}`,
      })
    }
  }
  return known
}

interface Done {
  /** Name by version. */
  readonly versions: ReadonlyMap<number, string>
  /** `version/step`. */
  readonly steps: ReadonlySet<string>
}

async function readDone(driver: Driver): Promise<Done> {
  const rows = await driver.query(`SELECT version, step, name FROM ${TABLE} ORDER BY version, step`, 'TabSeparated', {
    lane: 'interactive',
    timeoutMs: 30_000,
  })
  const versions = new Map<number, string>()
  const steps = new Set<string>()
  for (const line of rows.toString().split('\n')) {
    const [version, step, name] = line.split('\t')
    if (version === undefined || step === undefined || name === undefined) continue
    versions.set(Number(version), name)
    steps.add(`${version}/${step}`)
  }
  return { versions, steps }
}
