import { type Family, family } from '../model/readings.ts'
import { type Measurement, numberOf, type Row, textOf } from './session.ts'

/** Rows with a name and a value, lower case; ON and OFF are 1 and 0, as other yes and no. */
function* pairs(rows: readonly Row[]): Generator<readonly [name: string, value: number]> {
  for (const row of rows) {
    const text = textOf(row.Value)
    const value = SWITCHES.get(text.toLowerCase()) ?? numberOf(text)
    if (value !== undefined) yield [textOf(row.Variable_name).toLowerCase(), value]
  }
}

const SWITCHES: ReadonlyMap<string, number> = new Map([
  ['on', 1],
  ['yes', 1],
  ['off', 0],
  ['no', 0],
  ['disabled', 0],
])

/** Status variables of which many are one family, told apart by a label. */
const GROUPS: readonly (readonly [pattern: RegExp, family: Family])[] = [
  [/^com_(.+)$/, family('counter', 'mysql_global_status_commands_total', 'Statements by command.', ['command'])],
  [/^handler_(.+)$/, family('counter', 'mysql_global_status_handlers_total', 'Calls of storage engines.', ['handler'])],
  [
    /^connection_errors_(.+)$/,
    family('counter', 'mysql_global_status_connection_errors_total', 'Failed connections by reason.', ['error']),
  ],
  [
    /^innodb_buffer_pool_pages_(data|free|misc|old)$/,
    family('gauge', 'mysql_global_status_buffer_pool_pages', 'Pages of the InnoDB buffer pool by state.', ['state']),
  ],
  [
    /^innodb_buffer_pool_pages_(?!total$|dirty$)(.+)$/,
    family(
      'counter',
      'mysql_global_status_buffer_pool_page_changes_total',
      'Changes of pages of the InnoDB buffer pool.',
      ['operation'],
    ),
  ],
  [
    /^innodb_rows_(.+)$/,
    family('counter', 'mysql_global_status_innodb_row_ops_total', 'Rows that InnoDB touched, by operation.', [
      'operation',
    ]),
  ],
  [
    /^performance_schema_(.+_lost)$/,
    family('counter', 'mysql_global_status_performance_schema_lost_total', 'Instruments that could not be made.', [
      'instrumentation',
    ]),
  ],
]

/** Settings that graphs set beside the status. */
const VARIABLES = new Set([
  'innodb_buffer_pool_size',
  'innodb_flush_log_at_trx_commit',
  'innodb_io_capacity',
  'innodb_log_buffer_size',
  'innodb_log_file_size',
  'innodb_page_size',
  'key_buffer_size',
  'long_query_time',
  'max_allowed_packet',
  'max_connections',
  'max_heap_table_size',
  'max_user_connections',
  'open_files_limit',
  'query_cache_size',
  'read_only',
  'server_id',
  'sort_buffer_size',
  'sync_binlog',
  'table_definition_cache',
  'table_open_cache',
  'thread_cache_size',
  'tmp_table_size',
  'wait_timeout',
])

const known = new Map<string, Family>()

function named(prefix: 'status' | 'variables', name: string): Family {
  const metric = `mysql_global_${prefix}_${name.replaceAll(/\W/g, '_')}`
  let found = known.get(metric)
  if (found === undefined) {
    const type = prefix === 'variables' ? 'gauge' : 'unknown'
    found = family(type, metric, `${name} of SHOW GLOBAL ${prefix.toUpperCase()}.`)
    known.set(metric, found)
  }
  return found
}

/** Family and label of a status variable; undefined for the sum of what has a label. */
function statusOf(name: string): readonly [family: Family, labels: readonly string[]] | undefined {
  for (const [pattern, of] of GROUPS) {
    const label = pattern.exec(name)?.[1]
    if (label !== undefined) return [of, [label]]
  }
  if (name === 'innodb_buffer_pool_pages_total') return undefined
  return [name === 'innodb_buffer_pool_pages_dirty' ? DIRTY : named('status', name), []]
}

const DIRTY = family(
  'gauge',
  'mysql_global_status_buffer_pool_dirty_pages',
  'Pages of the InnoDB buffer pool that are not written yet.',
)
const VERSION = family('gauge', 'mysql_version_info', 'Version of the server; always 1.', [
  'innodb_version',
  'version',
  'version_comment',
])

const SOURCE = ['master_host', 'channel_name']
const REPLICA: readonly (readonly [columns: readonly string[], family: Family])[] = (
  [
    [['Seconds_Behind_Master', 'Seconds_Behind_Source'], 'seconds_behind_master', 'Seconds the replica is behind.'],
    [['Slave_IO_Running', 'Replica_IO_Running'], 'slave_io_running', '1 when the replica gets the log.'],
    [['Slave_SQL_Running', 'Replica_SQL_Running'], 'slave_sql_running', '1 when the replica replays the log.'],
    [['Relay_Log_Space'], 'relay_log_space', 'Bytes of relay logs.'],
  ] as const
).map(([columns, name, help]) => [columns, family('unknown', `mysql_slave_status_${name}`, help, SOURCE)])

/** What is asked of a MySQL or MariaDB server, as mysqld_exporter names it. */
export const MYSQL_MEASUREMENTS: readonly Measurement[] = [
  {
    name: 'SHOW GLOBAL STATUS',
    sql: () => 'SHOW GLOBAL STATUS',
    read: (rows, readings) => {
      for (const [name, value] of pairs(rows)) {
        const [of, labels] = statusOf(name) ?? []
        if (of !== undefined) readings.set(of, value, labels)
      }
    },
  },
  {
    name: 'SHOW GLOBAL VARIABLES',
    sql: () => 'SHOW GLOBAL VARIABLES',
    read: (rows, readings) => {
      for (const [name, value] of pairs(rows)) {
        if (VARIABLES.has(name)) readings.set(named('variables', name), value)
      }
      const text = (name: string) => textOf(rows.find((row) => row.Variable_name === name)?.Value)
      readings.set(VERSION, 1, [text('innodb_version'), text('version'), text('version_comment')])
    },
  },
  {
    name: 'SHOW REPLICA STATUS',
    // MySQL calls it so since 8.0.22 and knows nothing else since 8.4; MariaDB understands both from 10.5 on.
    sql: (version) => (version >= 80_022 ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS'),
    read: (rows, readings) => {
      for (const row of rows) {
        const labels = [textOf(row.Master_Host ?? row.Source_Host), textOf(row.Channel_Name ?? row.Connection_name)]
        for (const [columns, of] of REPLICA) {
          const text = textOf(columns.map((column) => row[column]).find((value) => value !== undefined))
          readings.set(of, SWITCHES.get(text.toLowerCase()) ?? numberOf(text), labels)
        }
      }
    },
  },
]
