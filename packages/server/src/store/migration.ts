/** What a migration may depend on. The same list of migrations serves both engines. */
export interface MigrationContext {
  readonly engine: 'chdb' | 'clickhouse'
  /** `fsync`: tables are made so that an acknowledged insert survives a power cut; `fast`: only a crash of the process. */
  readonly durability: 'fsync' | 'fast'
}

/**
 * One step of the schema's history. A released migration never changes: a later one alters what it made.
 *
 * The process may be killed between any two statements, and then starts again at the statement that was not recorded as
 * done, so every statement must be harmless when run twice (`CREATE … IF NOT EXISTS`, `ALTER … ADD COLUMN IF NOT EXISTS`).
 * Table names are written without a database; the connection's database holds them.
 */
export interface Migration {
  /** 1, 2, 3 … without a gap, in the order of the list. */
  readonly version: number
  /** Short, for the log and the engine's table: `log tables`. */
  readonly name: string
  statements(context: MigrationContext): readonly string[]
}
