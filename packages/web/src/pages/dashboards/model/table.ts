/** A column of an answer: the cells of one kind, one per row. */
export interface Field {
  readonly name: string
  readonly kind: 'time' | 'number' | 'text'
  /** Times in Unix seconds; null where there is none. */
  readonly values: readonly (number | string | null)[]
  /** Of a series: its labels. */
  readonly labels?: Readonly<Record<string, string>>
}

/** Answers as rows and columns: what transformations work on, and what a table shows. */
export interface Table {
  /** `A`, `B` … of the query it comes from; of several, the first. */
  readonly ref: string
  readonly fields: readonly Field[]
  readonly rows: number
}

/** Ways to make one number of many; null where there is none. */
export type Reducer = 'last' | 'mean' | 'min' | 'max' | 'sum' | 'count'

export function reduceValues(values: readonly (number | string | null)[], reducer: Reducer): number | null {
  const numbers = values.filter((value) => typeof value === 'number')
  if (reducer === 'count') return numbers.length
  if (numbers.length === 0) return null
  switch (reducer) {
    case 'last':
      return numbers.at(-1) ?? null
    case 'min':
      return numbers.reduce((least, one) => Math.min(least, one))
    case 'max':
      return numbers.reduce((greatest, one) => Math.max(greatest, one))
    case 'sum':
      return numbers.reduce((sum, one) => sum + one, 0)
    case 'mean':
      return numbers.reduce((sum, one) => sum + one, 0) / numbers.length
  }
}

/** The rows of a table in another order, or fewer of them. */
export function pickRows(table: Table, rows: readonly number[]): Table {
  const pick = (field: Field): Field => ({ ...field, values: rows.map((row) => field.values[row] ?? null) })
  return { ...table, fields: table.fields.map(pick), rows: rows.length }
}
