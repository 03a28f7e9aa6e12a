import type { IndexedStream, LogStore } from '../store/store.ts'
import { hiddenRows } from './deletions/hidden.ts'
import { streamCondition } from './pushdown/streams.ts'
import type { TimeSpan } from './pushdown/time.ts'
import { fromRows } from './read/statement.ts'
import type { Run } from './run/runs.ts'
import { narrowSpan, type Selection } from './select.ts'

/** What is added up by stream. */
export interface StreamSums {
  readonly tenant: string
  readonly span: TimeSpan
  readonly selection: Selection
  /** SQL of 64-bit whole numbers over the rows of a group. */
  readonly values: readonly string[]
  /** SQL of a 64-bit whole number over a row: groups are by it and the stream. */
  readonly by?: string
}

export interface StreamSum {
  readonly stream: IndexedStream
  /** Of `by`; 0 without it. */
  readonly group: bigint
  readonly values: readonly number[]
}

/**
 * One sum per stream and group that has rows: what comes back does not grow with the lines. Lines that a delete request
 * hides by a filter which SQL cannot answer are counted until they are removed.
 */
export async function sumsByStream(
  store: LogStore,
  { tenant, span, selection, values, by = 'toInt64(0)' }: StreamSums,
  run: Run,
): Promise<StreamSum[]> {
  const { matched, all } = selection
  const narrow = narrowSpan(span, matched)
  if (narrow.fromNs >= narrow.toNs) return []
  const chosen = streamCondition(matched, all)
  const hidden = hiddenRows(store, tenant, narrow, matched).conditions
  const conditions = chosen ? [chosen, ...hidden] : hidden
  const sql =
    `SELECT stream, ${by} AS sum_group, ${values.join(', ')} ` +
    `${fromRows({ tenant, span: narrow, conditions })} GROUP BY stream, sum_group`
  const answer = await store.driver.query(sql, 'RowBinary', {
    lane: run.lane,
    signal: run.signal,
    timeoutMs: run.remainingMs(),
  })
  run.rested()
  const byId = new Map(matched.map((stream) => [stream.id, stream]))
  const sums: StreamSum[] = []
  for (let at = 0; at < answer.length; at += 8 * (2 + values.length)) {
    const pause = run.breathe()
    if (pause) await pause
    const stream = byId.get(answer.readBigUInt64LE(at).toString())
    if (!stream) continue
    sums.push({
      stream,
      group: answer.readBigInt64LE(at + 8),
      values: values.map((_, i) => Number(answer.readBigUInt64LE(at + 16 + 8 * i))),
    })
  }
  return sums
}
