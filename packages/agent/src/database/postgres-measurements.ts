import { type Family, family } from '../model/readings.ts'
import type { MetricType } from '../model/sink.ts'
import { type Measurement, numberOf, type Row, textOf } from './session.ts'

/** Of each row so many columns are values, by their families, and the families' labels are columns, too. */
function byColumn(name: string, sql: Measurement['sql'], columns: Readonly<Record<string, Family>>): Measurement {
  return {
    name,
    sql,
    read: (rows, readings) => {
      for (const row of rows) {
        for (const [column, of] of Object.entries(columns)) {
          readings.set(of, numberOf(row[column]), labelsOf(of, row))
        }
      }
    },
  }
}

const labelsOf = ({ labelNames }: Family, row: Row) => labelNames.map((label) => textOf(row[label]))

type Column = readonly [name: string, type: MetricType, help: string]

/** Families of one view: each is called after the view and its column. */
function view(
  prefix: string,
  labels: readonly string[],
  columns: readonly Column[],
  suffix = '',
): Record<string, Family> {
  return Object.fromEntries(
    columns.map(([name, type, help]) => [name, family(type, `${prefix}_${name}${suffix}`, help, labels)]),
  )
}

const DATABASE = view(
  'pg_stat_database',
  ['datid', 'datname'],
  [
    ['numbackends', 'gauge', 'Connections to this database.'],
    ['xact_commit', 'counter', 'Transactions that were committed.'],
    ['xact_rollback', 'counter', 'Transactions that were rolled back.'],
    ['blks_read', 'counter', 'Blocks that were read from files.'],
    ['blks_hit', 'counter', 'Blocks that were found in the buffers.'],
    ['tup_returned', 'counter', 'Rows that scans went over.'],
    ['tup_fetched', 'counter', 'Rows that queries got by an index.'],
    ['tup_inserted', 'counter', 'Rows that were inserted.'],
    ['tup_updated', 'counter', 'Rows that were updated.'],
    ['tup_deleted', 'counter', 'Rows that were deleted.'],
    ['conflicts', 'counter', 'Queries that were cancelled because recovery needed what they used.'],
    ['temp_files', 'counter', 'Temporary files of queries.'],
    ['temp_bytes', 'counter', 'Bytes in temporary files of queries.'],
    ['deadlocks', 'counter', 'Deadlocks that were found.'],
    ['blk_read_time', 'counter', 'Milliseconds of reading blocks; 0 without track_io_timing.'],
    ['blk_write_time', 'counter', 'Milliseconds of writing blocks; 0 without track_io_timing.'],
    ['stats_reset', 'counter', 'When these counters were set to 0, seconds since 1970.'],
  ],
)

const BGWRITER_OLD: readonly Column[] = [
  ['checkpoints_timed', 'counter', 'Checkpoints because it was time.'],
  ['checkpoints_req', 'counter', 'Checkpoints that were asked for.'],
  ['checkpoint_write_time', 'counter', 'Milliseconds of writing at checkpoints.'],
  ['checkpoint_sync_time', 'counter', 'Milliseconds of syncing at checkpoints.'],
  ['buffers_checkpoint', 'counter', 'Buffers that checkpoints wrote.'],
  ['buffers_backend', 'counter', 'Buffers that backends had to write themselves.'],
  ['buffers_backend_fsync', 'counter', 'Syncs that backends had to do themselves.'],
]
const BGWRITER: readonly Column[] = [
  ['buffers_clean', 'counter', 'Buffers that the background writer wrote.'],
  ['maxwritten_clean', 'counter', 'Times the background writer stopped because it had written enough.'],
  ['buffers_alloc', 'counter', 'Buffers that were taken into use.'],
]
const CHECKPOINTER: readonly Column[] = [
  ['num_timed', 'counter', 'Checkpoints because it was time.'],
  ['num_requested', 'counter', 'Checkpoints that were asked for.'],
  ['write_time', 'counter', 'Milliseconds of writing at checkpoints.'],
  ['sync_time', 'counter', 'Milliseconds of syncing at checkpoints.'],
  ['buffers_written', 'counter', 'Buffers that checkpoints wrote.'],
]
const V17 = 170_000

const STATES = [
  'active',
  'idle',
  'idle in transaction',
  'idle in transaction (aborted)',
  'fastpath function call',
  'disabled',
]

const SETTINGS: ReadonlyMap<string, Family> = new Map(
  [
    ['max_connections', '', 'Connections the server takes.'],
    ['superuser_reserved_connections', '', 'Of these, kept for superusers.'],
    ['max_worker_processes', '', 'Background processes the server may have.'],
    ['shared_buffers', '_bytes', 'Memory of the shared buffers.'],
    ['effective_cache_size', '_bytes', 'Memory the planner takes for cached.'],
    ['work_mem', '_bytes', 'Memory of one step of a query.'],
    ['maintenance_work_mem', '_bytes', 'Memory of VACUUM, CREATE INDEX and such.'],
    ['max_wal_size', '_bytes', 'Write-ahead log that brings a checkpoint.'],
  ].map(([name = '', unit = '', help = '']) => [name, family('gauge', `pg_settings_${name}${unit}`, help)]),
)
const UNIT_BYTES: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['kB', 2 ** 10],
  ['8kB', 2 ** 13],
  ['MB', 2 ** 20],
  ['GB', 2 ** 30],
])

/** What is asked of a PostgreSQL server, as postgres_exporter names it. Works from version 10 on. */
export const POSTGRES_MEASUREMENTS: readonly Measurement[] = [
  byColumn(
    'pg_stat_database',
    () => 'SELECT *, extract(epoch from stats_reset) AS stats_reset FROM pg_stat_database WHERE datname IS NOT NULL',
    DATABASE,
  ),
  byColumn(
    'pg_stat_activity',
    () => `SELECT d.datname, s.state, count(a.pid) AS count,
        coalesce(max(extract(epoch from now() - a.xact_start)), 0) AS max_tx_duration
      FROM pg_database d CROSS JOIN unnest(ARRAY['${STATES.join("','")}']) AS s(state)
      LEFT JOIN pg_stat_activity a ON a.datid = d.oid AND a.state = s.state AND a.pid <> pg_backend_pid()
      WHERE d.datallowconn GROUP BY 1, 2`,
    view(
      'pg_stat_activity',
      ['datname', 'state'],
      [
        ['count', 'gauge', 'Connections in this state; that of the agent is not counted.'],
        ['max_tx_duration', 'gauge', 'Seconds of the longest transaction that goes on in this state.'],
      ],
    ),
  ),
  byColumn(
    'pg_locks',
    () => `SELECT d.datname, lower(m.mode) AS mode, count(l.mode) AS count
      FROM pg_database d CROSS JOIN unnest(ARRAY['AccessShareLock','RowShareLock','RowExclusiveLock',
        'ShareUpdateExclusiveLock','ShareLock','ShareRowExclusiveLock','ExclusiveLock','AccessExclusiveLock',
        'SIReadLock']) AS m(mode)
      LEFT JOIN pg_locks l ON l.database = d.oid AND l.mode = m.mode GROUP BY 1, 2`,
    view('pg_locks', ['datname', 'mode'], [['count', 'gauge', 'Locks of this mode.']]),
  ),
  byColumn(
    'pg_database',
    // Asking for the size of a database that one may not see is an error for all of them.
    () => `SELECT datname, pg_database_size(oid) AS size_bytes FROM pg_database WHERE datallowconn
      AND (has_database_privilege(oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE'))`,
    view('pg_database', ['datname'], [['size_bytes', 'gauge', 'Bytes of the database on the disk.']]),
  ),
  {
    name: 'pg_settings',
    sql: () => `SELECT name, setting, unit FROM pg_settings WHERE name IN ('${[...SETTINGS.keys()].join("','")}')`,
    read: (rows, readings) => {
      for (const { name, setting, unit } of rows) {
        const of = SETTINGS.get(textOf(name))
        const value = numberOf(setting)
        if (of !== undefined && value !== undefined) readings.set(of, value * (UNIT_BYTES.get(textOf(unit)) ?? 1))
      }
    },
  },
  byColumn(
    'pg_stat_bgwriter',
    (version) => (version < V17 ? 'SELECT * FROM pg_stat_bgwriter' : undefined),
    view('pg_stat_bgwriter', [], [...BGWRITER_OLD, ...BGWRITER], '_total'),
  ),
  byColumn(
    'pg_stat_bgwriter',
    (version) => (version >= V17 ? 'SELECT * FROM pg_stat_bgwriter' : undefined),
    view('pg_stat_bgwriter', [], BGWRITER, '_total'),
  ),
  byColumn(
    'pg_stat_checkpointer',
    (version) => (version >= V17 ? 'SELECT * FROM pg_stat_checkpointer' : undefined),
    view('pg_stat_checkpointer', [], CHECKPOINTER, '_total'),
  ),
  byColumn(
    'pg_replication',
    // A replica that has read everything is not late, however long ago the last transaction was.
    () => `SELECT pg_is_in_recovery()::int AS is_replica, CASE
        WHEN NOT pg_is_in_recovery() OR pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
        ELSE greatest(0, extract(epoch from now() - pg_last_xact_replay_timestamp())) END AS lag_seconds`,
    view(
      'pg_replication',
      [],
      [
        ['is_replica', 'gauge', '1 when the server follows another one.'],
        ['lag_seconds', 'gauge', 'Seconds that a replica is behind; 0 elsewhere.'],
      ],
    ),
  ),
  byColumn(
    'pg_stat_replication',
    () => `SELECT application_name, coalesce(client_addr::text, '') AS client_addr, state,
        pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END,
          replay_lsn) AS pg_wal_lsn_diff
      FROM pg_stat_replication`,
    view(
      'pg_stat_replication',
      ['application_name', 'client_addr', 'state'],
      [['pg_wal_lsn_diff', 'gauge', 'Bytes of the write-ahead log that this replica has not replayed.']],
    ),
  ),
  byColumn(
    'pg_postmaster',
    () => 'SELECT extract(epoch from pg_postmaster_start_time()) AS start_time_seconds',
    view('pg_postmaster', [], [['start_time_seconds', 'gauge', 'When the server was started, seconds since 1970.']]),
  ),
  {
    name: 'pg_static',
    sql: () => "SELECT version() AS version, current_setting('server_version') AS short_version",
    read: ([row], readings) => {
      readings.set(STATIC, 1, [textOf(row?.short_version), textOf(row?.version)])
    },
  },
]

const STATIC = family('unknown', 'pg_static', 'Version of the server; always 1.', ['short_version', 'version'])
