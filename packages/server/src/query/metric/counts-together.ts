import type { Series } from '@girok/query'
import { sqlTimeNs } from '../../store/literal.ts'
import { MAY_HAVE_ERROR } from '../../store/promoted.ts'
import type { IndexedStream } from '../../store/store.ts'
import type { Condition } from '../pushdown/condition.ts'
import { withDefinitions } from '../pushdown/plain/names.ts'
import { streamCondition } from '../pushdown/streams.ts'
import type { TimeSpan } from '../pushdown/time.ts'
import type { FindStream } from '../read/decode.ts'
import { fromRows } from '../read/statement.ts'
import { type CountRequest, countsBytes, createGroups, keyColumns, namesOf, readKey, readUInt64 } from './count.ts'

/** A range aggregation at one time, counted with others that have the same columns. */
export interface SharedCount {
  readonly request: CountRequest
  /** What rows must meet besides tenant, time and stream. */
  readonly conditions: readonly Condition[]
  readonly findStream: FindStream
  readonly streams: readonly IndexedStream[]
}

/** What the rows of a pass have in common. */
export interface CountedRowSet {
  readonly streams: readonly IndexedStream[]
  /** That rows are of these streams. */
  readonly condition: Condition
  /** Holds the spans of all that is counted. */
  readonly span: TimeSpan
}

/** Rows that are counted by themselves: of one span, under the same conditions. */
interface Cell {
  readonly condition: string
  readonly withBytes: boolean
}

/** Counts of several range aggregations in one pass over the rows of all their streams. */
export interface CountsTogether {
  readonly sql: string
  /**
   * The series of each, in order; undefined for one with rows that carry an error: the evaluator must have its say.
   * `rows` and `bytes` are those of all.
   */
  decode(
    answer: Buffer,
    breathe: () => Promise<void> | undefined,
  ): Promise<{
    readonly series: readonly (Series[] | undefined)[]
    readonly rows: number
    readonly bytes: number
  }>
}

/** @param counts at least one; the columns of all are the same */
export function countsTogether(counts: readonly SharedCount[], rowSet: CountedRowSet): CountsTogether {
  const [{ request: first }] = counts as readonly [SharedCount, ...SharedCount[]]
  const { columns } = first
  const cells = new Map<string, Cell>()
  const cellOf = counts.map((count) => {
    const cell = cellFor(count, rowSet)
    const name = JSON.stringify(cell)
    cells.set(name, cells.get(name) ?? cell)
    return name
  })
  const keys = keyColumns(columns)
  const values = [...cells.values()].flatMap(({ condition, withBytes }) => [
    `countIf(${condition})`,
    ...(withBytes ? [`sumIf(length(line), ${condition})`] : []),
    `maxIf(${MAY_HAVE_ERROR}, ${condition})`,
  ])
  const select = withDefinitions(`SELECT ${[...keys, ...values].join(', ')}`)
  const rows = { tenant: first.rows.tenant, span: rowSet.span, conditions: [rowSet.condition] }
  return {
    sql: `${select} ${fromRows(rows)} GROUP BY ${namesOf(keys)} ${LAZILY}`,
    async decode(answer, breathe) {
      const groups = counts.map(({ request }) => createGroups(request))
      const failed = new Set<string>()
      const cursor = { at: 0 }
      const totals = { rows: 0, bytes: 0 }
      while (cursor.at < answer.length) {
        const pause = breathe()
        if (pause) await pause
        const key = readKey(answer, cursor, columns)
        const found = new Map<string, { readonly rows: number; readonly value: number }>()
        for (const [name, { withBytes }] of cells) {
          const counted = readUInt64(answer, cursor)
          const value = withBytes ? readUInt64(answer, cursor) : counted
          if (answer[cursor.at++] !== 0) failed.add(name)
          found.set(name, { rows: counted, value })
          totals.rows += counted
          if (withBytes) totals.bytes += value
        }
        for (const [i, { findStream }] of counts.entries()) {
          const { rows: counted, value } = found.get(cellOf[i] as string) ?? { rows: 0, value: 0 }
          if (counted > 0) groups[i]?.add(key, findStream, { first: 0, last: 1, rows: counted, value })
        }
      }
      return { series: groups.map((one, i) => (failed.has(cellOf[i] as string) ? undefined : one.series())), ...totals }
    },
  }
}

/** Conditions on lines are looked at where those before them hold: most rows are another's. */
const LAZILY = "SETTINGS short_circuit_function_evaluation = 'force_enable'"

function cellFor({ request: { node, rows }, conditions, streams }: SharedCount, rowSet: CountedRowSet): Cell {
  const ofRows = conditions.map(({ sql }) => sql).filter((sql) => sql !== '1')
  // Counts come by stream: which are whose is only asked where it spares looking at rows.
  const ofStreams = ofRows.length === 0 ? undefined : streamCondition(streams, rowSet.streams)
  const all = [
    ...(ofStreams && ofStreams.sql !== '1' ? [ofStreams.sql] : []),
    ...timesWithin(rows.span, rowSet.span),
    ...ofRows,
  ]
  return { condition: all.length === 0 ? '1' : `(${all.join(' AND ')})`, withBytes: countsBytes(node) }
}

/** What a row of the outer span must meet besides; hours are looked at there. */
function timesWithin(inner: TimeSpan, outer: TimeSpan): string[] {
  return [
    ...(inner.fromNs > outer.fromNs ? [`ts >= ${sqlTimeNs(inner.fromNs)}`] : []),
    ...(inner.toNs < outer.toNs ? [`ts < ${sqlTimeNs(inner.toNs)}`] : []),
  ]
}
