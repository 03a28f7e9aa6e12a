import type { Grid, RangeAggregation } from '@girok/query'
import { sqlNumber } from '../../../store/literal.ts'
import { windowColumns } from '../../pushdown/count.ts'
import { withDefinitions } from '../../pushdown/plain/names.ts'
import type { PlainPlan } from '../../pushdown/plain/plan.ts'
import { EVERY } from '../../pushdown/streams.ts'
import { fromRows, type RowSet } from '../../read/statement.ts'
import { type AggregateKind, countsBytes } from './kind.ts'

/** An aggregate that SQL forms over plain rows. */
export interface AggregateQuery {
  readonly node: RangeAggregation
  readonly kind: AggregateKind
  readonly grid: Grid
  readonly plan: PlainPlan
  /** The streams' ids in the order of their texts, which decides between samples of one time. */
  readonly streamIds: readonly string[]
  /** Rows that may be of use, odd ones included. */
  readonly rows: RowSet
  /** Whether the engine picks the quantile itself: when windows do not overlap and no sample comes from elsewhere. */
  readonly picked: boolean
  /** Rows with metadata count as suspects whatever it is. */
  readonly quick: boolean
}

/** What the columns of an answer are, in order. */
export interface AggregateColumns {
  readonly stream: boolean
  readonly texts: number
  /** Texts that have a column are given as cells of it. */
  readonly cells: boolean
  readonly end: boolean
  /** A column, or so many windows before the end; clamp to 0. */
  readonly first: 'column' | number
  readonly values: 'none' | 'one' | 'two' | 'samples' | 'ordered'
}

export interface AggregateStatement {
  readonly sql: string
  readonly columns: AggregateColumns
}

/**
 * One row per group of labels and run of windows: keys, number of samples, their aggregate, number of suspect rows, which
 * count for nothing else; whoever finds some must read and evaluate those of them that are odd.
 */
export function aggregateStatement(query: AggregateQuery): AggregateStatement {
  const { node, grid, plan, rows } = query
  const windows = windowColumns(grid, node.range.rangeNs, node.range.offsetNs)
  const stream = plan.labels.some(({ ofStream }) => ofStream)
  const texts = plan.labels.filter(({ text }) => text !== undefined)
  // Two cells may be one text, whose samples are put together afterwards, which a picked quantile cannot be.
  const byCells = !query.picked
  const aliases = [`(${query.quick ? plan.quickSuspects : plan.suspects}) AS odd`]
  if (plan.valueColumn !== undefined) aliases.push(`${plan.valueColumn} AS value`)
  else if (plan.value !== undefined) aliases.push(`if(odd, NULL, ${plan.value}) AS value`)
  const keys: string[] = stream ? ['stream'] : []
  texts.forEach(({ text, column }, i) => {
    keys.push(column !== undefined && byCells ? `${column} AS label${i}` : `if(odd, '', ${text}) AS label${i}`)
  })
  if (windows.end) keys.push(`${windows.end} AS window_end`)
  if (typeof windows.first === 'string') keys.push(`${windows.first} AS window_first`)
  const values = valueColumns(query)
  const n = `countIf(${given(plan)})`
  const select = [...keys, n, ...values.sql, 'countIf(odd)']
  const groups = keys.map((key) => key.replace(/^.* AS /s, ''))
  const wanted: string[] = []
  if (plan.filters.sql !== EVERY.sql) wanted.push(plan.filters.sql)
  if (plan.value !== undefined && plan.valueColumn === undefined) wanted.push('isNotNull(value)')
  const condition = wanted.length === 0 ? [] : [{ sql: `(odd OR (${wanted.join(' AND ')}))`, exact: true }]
  const from = fromRows({ ...rows, conditions: [...rows.conditions, ...condition] })
  const groupBy = groups.length > 0 ? ` GROUP BY ${groups.join(', ')}` : ''
  return {
    sql: `${withDefinitions(`WITH ${aliases.join(', ')} SELECT ${select.join(', ')}`, from)} ${from}${groupBy}`,
    columns: {
      stream,
      texts: texts.length,
      cells: byCells,
      end: windows.end !== undefined,
      first: typeof windows.first === 'string' ? 'column' : windows.first,
      values: values.form,
    },
  }
}

/** SQL, 1 for rows that give a sample. */
function given({ value, valueColumn }: PlainPlan): string {
  return value === undefined || valueColumn !== undefined ? 'NOT odd' : 'isNotNull(value)'
}

function valueColumns({ kind, node, plan, picked, streamIds }: AggregateQuery): {
  readonly form: AggregateColumns['values']
  readonly sql: readonly string[]
} {
  const sample = given(plan)
  const of = (aggregate: string): string => `ifNull(${aggregate}If(value, ${sample}), 0)`
  switch (kind) {
    case 'count':
      return { form: 'none', sql: [] }
    case 'sum':
      return {
        form: 'one',
        sql: [countsBytes(node) ? 'toFloat64(sumIf(length(line), NOT odd))' : of('sum')],
      }
    case 'mean':
      return { form: 'one', sql: [of('avg')] }
    case 'min':
    case 'max':
      return { form: 'one', sql: [of(kind)] }
    case 'spread':
      return { form: 'two', sql: [of('avg'), of('varPopStable')] }
    case 'quantile': {
      const q = node.parameter ?? Number.NaN
      // Beyond its bounds the answer does not depend on the samples.
      if (!(q >= 0 && q <= 1)) return { form: 'none', sql: [] }
      if (picked)
        return {
          form: 'one',
          sql: [`ifNull(quantileExactInclusiveIf(${sqlNumber(q).slice(10, -1)})(value, ${sample}), 0)`],
        }
      return { form: 'samples', sql: [`groupArrayIf(assumeNotNull(value), ${sample})`] }
    }
    case 'first':
    case 'last': {
      const rank =
        streamIds.length > 1
          ? `transform(stream, [${streamIds.join(', ')}], [${streamIds.map((_, i) => i).join(', ')}], 0)`
          : '0'
      const order = `(ts, toUInt32(${rank}), toUInt32(_part_index), toUInt64(_part_offset))`
      const pick = kind === 'first' ? 'argMinIf' : 'argMaxIf'
      return { form: 'ordered', sql: [`${pick}((assumeNotNull(value), ${order}), ${order}, ${sample})`] }
    }
  }
}
