import { END_OF_TIME_SECONDS } from '../../model/batch.ts'
import { METRIC_NAME } from '../../model/sample-batch.ts'
import type { Driver } from '../driver.ts'
import { sqlString } from '../literal.ts'
import { untilMutationsAreDone } from '../mutations.ts'
import type { StreamTable } from '../streams.ts'
import type { MetadataTable } from './metadata.ts'
import { EXEMPLARS, METADATA, SAMPLES, SERIES } from './schema.ts'
import type { SampleWriter } from './writer.ts'

const QUERY_TIMEOUT_MS = 30_000
const END_OF_TIME_MS = END_OF_TIME_SECONDS * 1000
/** Ids in one statement, which the engine keeps as text until it is carried out. */
const IDS_PER_STATEMENT = 5000
/** The mask of a lightweight delete is written behind the merges that run; the caller waits for all parts together. */
const NOT_WAITING = 'SETTINGS lightweight_deletes_sync = 0'
const SAMPLE_TABLES = [SAMPLES, EXEMPLARS] as const
/** What the series of a metric family may have behind its name. */
const FAMILY_SUFFIXES = ['', '_bucket', '_sum', '_count', '_total', '_created', '_info']
const FAMILY_SUFFIX = /_(?:bucket|sum|count|total|created|info)$/

/** What to remove of some series. */
export interface SampleDeletion {
  readonly tenant: string
  readonly ids: readonly string[]
  /** Milliseconds since the epoch, both inclusive. */
  readonly startMs: number
  readonly endMs: number
}

interface Tables {
  readonly driver: Driver
  readonly writer: SampleWriter
  readonly series: StreamTable
  readonly metadata: MetadataTable
}

/**
 * Removes the samples and exemplars of some series in a range of time: exactly those acknowledged before the call.
 * Series that have nothing left are forgotten. Resolves when no query sees any of it.
 */
export async function deleteSeries(tables: Tables, { tenant, ids, startMs, endMs }: SampleDeletion): Promise<void> {
  const { driver, writer } = tables
  const time = (ms: number): string => `fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC')`
  const within = `ts >= ${time(Math.max(0, Math.ceil(startMs)))} AND ts <= ${time(Math.min(END_OF_TIME_MS, Math.floor(endMs)))}`
  for (const some of chunks(ids)) {
    await writer.exclusive(async () => {
      for (const table of SAMPLE_TABLES) {
        await driver.command(`DELETE FROM ${table} WHERE ${among(tenant, some)} AND ${within} ${NOT_WAITING}`)
      }
    })
  }
  if (ids.length === 0) return
  await untilMutationsAreDone(driver, SAMPLE_TABLES)
  for (const some of chunks(ids)) {
    // While no insert runs: a series that is empty now and gets samples later is saved anew.
    await writer.exclusive(async () => {
      const left = await idsWithSamples(driver, tenant, some)
      await forget(tables, tenant, new Set(some.filter((id) => !left.has(id))))
    })
  }
}

/** Removes all series of a tenant with a label value: exactly those samples acknowledged before the call. */
export async function deleteSeriesByLabel(
  tables: Tables,
  target: { readonly tenant: string; readonly name: string; readonly value: string },
): Promise<void> {
  const { driver, writer, series } = tables
  const { tenant, name, value } = target
  const issued = await writer.exclusive(async () => {
    const ids: string[] = []
    for (const { id, labels } of series.list(tenant, 0n, 2n ** 63n)) if (labels.get(name) === value) ids.push(id)
    for (const some of chunks(ids)) {
      for (const table of SAMPLE_TABLES) {
        await driver.command(`DELETE FROM ${table} WHERE ${among(tenant, some)} ${NOT_WAITING}`)
      }
      await forget(tables, tenant, new Set(some))
    }
    return ids.length > 0
  })
  if (issued) await untilMutationsAreDone(driver, SAMPLE_TABLES)
}

/** Forgets series, and what metrics are that have no series any more. While no insert runs. */
async function forget(tables: Tables, tenant: string, ids: ReadonlySet<string>): Promise<void> {
  if (ids.size === 0) return
  const { driver, series, metadata } = tables
  const names = new Set<string>()
  for (const id of ids) names.add(series.get(tenant, id)?.labels.get(METRIC_NAME) ?? '')
  await driver.command(`DELETE FROM ${SERIES} WHERE ${among(tenant, [...ids])} ${NOT_WAITING}`)
  series.remove(tenant, ids)
  const families = new Set([...names].flatMap((name) => [name, name.replace(FAMILY_SUFFIX, '')]))
  const hasSeries = (name: string): boolean => series.list(tenant, 0n, 2n ** 63n, name).next().done !== true
  const described = metadata.list(tenant)
  const gone = [...families].filter((metric) => {
    return described.has(metric) && !FAMILY_SUFFIXES.some((suffix) => hasSeries(metric + suffix))
  })
  if (gone.length === 0) return
  const metrics = gone.map(sqlString).join(', ')
  await driver.command(
    `DELETE FROM ${METADATA} WHERE tenant = ${sqlString(tenant)} AND metric IN (${metrics}) ${NOT_WAITING}`,
  )
  metadata.remove(tenant, gone)
}

async function idsWithSamples(driver: Driver, tenant: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const table of SAMPLE_TABLES) {
    const sql = `SELECT DISTINCT toString(series) FROM ${table} WHERE ${among(tenant, ids)}`
    const answer = await driver.query(sql, 'TabSeparated', { lane: 'interactive', timeoutMs: QUERY_TIMEOUT_MS })
    for (const id of answer.toString().split('\n')) found.add(id)
  }
  return found
}

function among(tenant: string, ids: readonly string[]): string {
  return `tenant = ${sqlString(tenant)} AND series IN (${ids.join(', ')})`
}

function* chunks(ids: readonly string[]): Generator<readonly string[]> {
  for (let i = 0; i < ids.length; i += IDS_PER_STATEMENT) yield ids.slice(i, i + IDS_PER_STATEMENT)
}
