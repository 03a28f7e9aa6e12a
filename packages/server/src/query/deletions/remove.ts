import { createHash } from 'node:crypto'
import { compilePipeline, type LogExpr } from '@girok/query'
import { makeStream } from '../../model/labels.ts'
import { untilDone } from '../../store/delete.ts'
import type { DeleteRequest } from '../../store/deletions.ts'
import { sqlString } from '../../store/literal.ts'
import { LOGS } from '../../store/schema.ts'
import type { LogStore } from '../../store/store.ts'
import type { TimeSpan } from '../pushdown/time.ts'
import { timeCondition } from '../pushdown/time.ts'
import type { StoredRow } from '../read/decode.ts'
import { MAX_PAGE_ROWS, type RowSource } from '../read/page.ts'
import { walkRows } from '../read/walk.ts'
import { planRows, type RowPlan } from '../row-plan.ts'
import type { Run } from '../run/runs.ts'
import { selectStreams, streamFinder } from '../select.ts'
import { deletedQuery } from './hidden.ts'

const ROW_LIST = 'girok_delete_rows'
const ROWS_PER_INSERT = 20_000

/**
 * Removes the rows of a delete request that are there now, from the disk; resolves when they are gone. Where SQL can
 * answer the query exactly, the engine is told the query; else the evaluator lists the rows, and the engine is told those.
 * May be repeated after a crash anywhere.
 */
export async function removeRows(store: LogStore, request: DeleteRequest, run: Run): Promise<void> {
  const { tenant, query } = request
  const log = deletedQuery(query)
  // What an earlier removal began before a crash may still need its list.
  await untilDone(store.driver, run.signal)
  store.deletions.startRemoval(request)
  const span: TimeSpan = { fromNs: request.startNs, toNs: request.endNs + 1n }
  const { matched, all } = selectStreams(store.streams, tenant, span, log.selector)
  if (matched.length > 0) {
    const plan = planRows(log, query, matched, all, true)
    const where = [`tenant = ${sqlString(tenant)}`, timeCondition(span).sql]
    for (const { sql } of plan.conditions) if (sql !== '1') where.push(sql)
    if (plan.exact) {
      await remove(store, where)
      store.deletions.setPercent(request, 50)
    } else {
      store.deletions.setPercent(request, 10)
      const list = await listRows(store, request, log, plan, span, run)
      await remove(store, [...where, `(stream, ts, ${ROW_IDENTITY}) IN (SELECT stream, ts, identity FROM ${list})`])
      await untilDone(store.driver, run.signal)
      await store.driver.command(`DROP TABLE IF EXISTS ${list}`)
    }
    await untilDone(store.driver, run.signal)
    store.deletions.setPercent(request, 99)
    await store.forgetEmptyStreams(
      tenant,
      matched.map(({ id }) => id),
    )
  }
  store.deletions.endRemoval(request)
}

async function remove({ driver }: LogStore, where: readonly string[]): Promise<void> {
  // Rewrites the parts that hold such rows, and no others. The engine has the order on its disk when this returns.
  await driver.command(`ALTER TABLE ${LOGS} DELETE WHERE ${where.map((part) => `ifNull(${part}, 0)`).join(' AND ')}`)
}

/**
 * What a query can tell rows of one stream and time apart by, in SQL and here: metadata, level, line. Texts are preceded
 * by their lengths, so that no two rows that differ have the same.
 */
const ROW_IDENTITY =
  "SHA256(concat(arrayStringConcat(arrayMap((k, v) -> concat(toString(length(k)), ':', k, toString(length(v)), ':', v), " +
  "mapKeys(meta), mapValues(meta))), if(level = '', '', concat('14:detected_level', toString(length(level)), ':', level)), " +
  "'=', line))"

function identityOf({ metadata, line }: StoredRow): string {
  const hash = createHash('sha256')
  for (const pair of metadata) for (const text of pair) hash.update(`${Buffer.byteLength(text)}:${text}`)
  return hash.update('=').update(line).digest('hex')
}

async function listRows(
  store: LogStore,
  { tenant, id }: DeleteRequest,
  log: LogExpr,
  plan: RowPlan,
  span: TimeSpan,
  run: Run,
): Promise<string> {
  const { driver } = store
  const database = (
    await driver.query('SELECT currentDatabase()', 'TabSeparated', { lane: 'heavy', timeoutMs: 30_000 })
  )
    .toString()
    .trim()
  // Tenants have requests of their own; an id is in hexadecimal.
  const suffix = createHash('sha256').update(tenant).digest('hex').slice(0, 8)
  const table = `${ROW_LIST}_${suffix}_${id}`
  await driver.command(`DROP TABLE IF EXISTS ${table}`)
  await driver.command(
    `CREATE TABLE ${table} (stream UInt64, ts DateTime64(9, 'UTC'), identity FixedString(32) DEFAULT unhex(hex), ` +
      'hex String EPHEMERAL) ENGINE = MergeTree ORDER BY (stream, ts) SETTINGS fsync_after_insert = 1',
  )
  const source: RowSource = {
    driver,
    rows: { tenant, conditions: plan.conditions },
    findStream: streamFinder(plan.streams),
    direction: 'forward',
  }
  const pipeline = compilePipeline(log)
  const idOf = new Map<object, string>()
  let rows: string[] = []
  let inserts = 0
  const flush = async (): Promise<void> => {
    if (rows.length === 0) return
    const text = Buffer.from(rows.join(''))
    rows = []
    await driver.insert(table, ['stream', 'ts', 'hex'], text, { token: `${table}-${inserts++}` })
  }
  for await (const page of walkRows(source, span, { pageRows: () => MAX_PAGE_ROWS }, run)) {
    for (const row of page) {
      const pause = run.breathe()
      if (pause) await pause
      if (!pipeline.process(row)) continue
      let stream = idOf.get(row.stream)
      if (stream === undefined) {
        stream = makeStream(tenant, row.stream).id
        idOf.set(row.stream, stream)
      }
      const time = `${row.timeNs / 1_000_000_000n}.${String(row.timeNs % 1_000_000_000n).padStart(9, '0')}`
      rows.push(`${stream}\t${time}\t${identityOf(row)}\n`)
      if (rows.length >= ROWS_PER_INSERT) await flush()
    }
  }
  await flush()
  return `${database}.${table}`
}
