import type { Labels } from '../../api/entry.ts'
import type { PromInstantResult } from '../../api/prometheus.ts'

export interface InstantRow {
  readonly labels: Labels
  /** The value as it came: as text, so that no digit is lost. A series of samples has several. */
  readonly values: readonly { readonly text: string; readonly seconds: number }[]
}

export interface InstantTable {
  /** Names of labels that any row has, the metric's name first. */
  readonly columns: readonly string[]
  readonly rows: readonly InstantRow[]
}

/** An instant answer as rows. */
export function tableOf(answer: PromInstantResult): InstantTable {
  const rows: InstantRow[] =
    answer.type === 'vector'
      ? answer.result.map(({ metric, value: [seconds, text] }) => ({ labels: metric, values: [{ text, seconds }] }))
      : answer.type === 'matrix'
        ? answer.result.map(({ metric, values }) => ({
            labels: metric,
            values: values.map(([seconds, text]) => ({ text, seconds })),
          }))
        : [{ labels: {}, values: [{ text: answer.result[1], seconds: answer.result[0] }] }]
  const names = new Set(rows.flatMap(({ labels }) => Object.keys(labels)))
  const columns = [...names].sort((a, b) => (a === '__name__' ? -1 : b === '__name__' ? 1 : a < b ? -1 : 1))
  return { columns, rows }
}

/** Which column rows are ordered by; `''` is the value. `undefined`: as they came, which some queries give a meaning. */
export interface RowOrder {
  readonly column: string
  readonly descending: boolean
}

/** The order after a click on a head: values begin with the greatest, labels with the first; a third click undoes it. */
export function nextOrder(order: RowOrder | undefined, column: string): RowOrder | undefined {
  const first = column === ''
  if (order?.column !== column) return { column, descending: first }
  return order.descending === first ? { column, descending: !first } : undefined
}

/** Rows in order; NaN and rows without samples come last. */
export function orderRows(rows: readonly InstantRow[], order: RowOrder | undefined): readonly InstantRow[] {
  if (order === undefined) return rows
  const sign = order.descending ? -1 : 1
  if (order.column !== '') {
    const collator = new Intl.Collator(undefined, { numeric: true })
    const text = (row: InstantRow): string => row.labels[order.column] ?? ''
    return [...rows].sort((a, b) => sign * collator.compare(text(a), text(b)))
  }
  const number = (row: InstantRow): number => numberOf(row.values.at(-1)?.text ?? 'NaN')
  return [...rows].sort((a, b) => {
    const [left, right] = [number(a), number(b)]
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right))
    return left === right ? 0 : sign * (left < right ? -1 : 1)
  })
}

/** The number of a sample's text: the API writes `+Inf` and `-Inf`. */
export function numberOf(text: string): number {
  if (text.endsWith('Inf')) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(text)
}
