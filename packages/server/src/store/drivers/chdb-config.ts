import { availableParallelism } from 'node:os'
import { GirokError } from '../../model/errors.ts'

const MIB = 2 ** 20

export interface ChdbMemory {
  readonly maxMemoryBytes: number
  readonly minFreeDiskBytes: number
}

/** Server-wide settings by name. The defaults of the engine are made for servers: caches of 5 GiB each, no memory limit. */
function serverSettings(memory: ChdbMemory): Readonly<Record<string, number>> {
  return {
    max_server_memory_usage: memory.maxMemoryBytes,
    mark_cache_size: 16 * MIB,
    index_mark_cache_size: 8 * MIB,
    primary_index_cache_size: 16 * MIB,
    query_condition_cache_size: 4 * MIB,
    background_pool_size: 1,
    background_merges_mutations_concurrency_ratio: 1,
    background_schedule_pool_size: 4,
  }
}

/** Defaults for tables of the MergeTree family. */
function mergeTreeSettings(): Readonly<Record<string, number>> {
  return {
    max_compress_block_size: 256 * 1024,
    // Wide merges hold a buffer per column and part; ten at a time keep up with ingestion and stay small.
    max_parts_to_merge_at_once: 10,
    // A broken part is set aside; the table must open without it however many there are.
    max_suspicious_broken_parts: 100_000,
    max_suspicious_broken_parts_bytes: 2 ** 50,
  }
}

/** The text of the engine's configuration file. */
export function configXml(memory: ChdbMemory): string {
  const lines = (settings: Readonly<Record<string, number>>): string =>
    Object.entries(settings)
      .map(([name, value]) => `<${name}>${value}</${name}>\n`)
      .join('')
  return (
    '<!-- Written by Girok at every start; changes here are lost. -->\n' +
    `<clickhouse>\n${lines(serverSettings(memory))}` +
    `<merge_tree>\n${lines(mergeTreeSettings())}</merge_tree>\n</clickhouse>\n`
  )
}

/**
 * Gives name, value and source of every setting that the file asked for, to be compared by {@link checkConfig}. The
 * engine starts with its defaults, silently, when it cannot read the file.
 */
export const CONFIG_CHECK_SQL =
  "SELECT 'server', name, value FROM system.server_settings WHERE changed " +
  "UNION ALL SELECT 'merge_tree', name, value FROM system.merge_tree_settings WHERE changed " +
  "UNION ALL SELECT 'zone', 'zone', serverTimezone()"

/** Throws `store_failed` when the engine (its answer to {@link CONFIG_CHECK_SQL} as TabSeparated) runs with other settings. */
export function checkConfig(answer: string, memory: ChdbMemory): void {
  const actual = new Map<string, string>()
  for (const line of answer.split('\n')) {
    const [group, name, value] = line.split('\t')
    if (group !== undefined && name !== undefined && value !== undefined) actual.set(`${group} ${name}`, value)
  }
  const expected: [string, string][] = [['zone zone', 'UTC']]
  for (const [name, value] of Object.entries(serverSettings(memory))) expected.push([`server ${name}`, String(value)])
  for (const [name, value] of Object.entries(mergeTreeSettings())) expected.push([`merge_tree ${name}`, String(value)])
  const wrong = expected.filter(([key, value]) => actual.get(key) !== value && !isDefault(key, value))
  if (wrong.length === 0) return
  const list = wrong.map(([key, value]) => `${key} should be ${value}, is ${actual.get(key) ?? 'the default'}`)
  throw new GirokError('store_failed', `the storage engine ignored its configuration: ${list.join('; ')}`)
}

/** Settings whose wanted value may be the engine's default, so that it does not count as changed. */
function isDefault(key: string, value: string): boolean {
  return key === 'server background_merges_mutations_concurrency_ratio' && value === '2'
}

export type SessionRole = 'writer' | 'command' | 'interactive' | 'query' | 'heavy' | 'control'

/** The comment that statements of a session carry when they name none of their own. */
export function roleComment(role: SessionRole): string {
  return `girok-${role}`
}

/** `--name=value` arguments of one session; sessions of one engine may differ in these. */
export function sessionArguments(role: SessionRole, memory: ChdbMemory): string[] {
  const threads = Math.min(8, availableParallelism())
  const settings: Record<string, string | number> = {
    session_timezone: 'UTC',
    log_comment: roleComment(role),
    // With a memory limit set, the engine asks for 1 GiB free per thread and otherwise halves the threads.
    max_threads_min_free_memory_per_thread: 0,
    max_insert_threads_min_free_memory_per_thread: 0,
  }
  if (role === 'writer') {
    Object.assign(settings, {
      max_threads: 1,
      max_insert_threads: 1,
      input_format_parallel_parsing: 0,
      async_insert: 0,
      min_free_disk_bytes_to_perform_insert: memory.minFreeDiskBytes,
    })
  } else {
    Object.assign(settings, {
      max_threads: role === 'heavy' || role === 'control' ? 1 : threads,
      // There are no projections to look for; and an index is read sooner while planning, before threads are about.
      optimize_use_projections: 0,
      use_skip_indexes_on_data_read: 0,
      max_memory_usage: Math.floor(memory.maxMemoryBytes * 0.4),
      max_bytes_before_external_group_by: Math.floor(memory.maxMemoryBytes * 0.13),
      max_bytes_before_external_sort: Math.floor(memory.maxMemoryBytes * 0.13),
    })
    if (role === 'heavy') settings.priority = 5
  }
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
}
