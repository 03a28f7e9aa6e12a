import { type Field, type Reducer, reduceValues, type Table } from './table.ts'

/**
 * One table of all: rows of several that agree in all fields that are no numbers and that both have become one row. A
 * number that two tables name the same is told apart by the query: `Value #B`.
 */
export function mergeTables(tables: readonly Table[]): readonly Table[] {
  const [first, ...others] = tables
  if (first === undefined || others.length === 0) return tables
  return [others.reduce(mergeTwo, first)]
}

type Row = Map<string, number | string | null>

function mergeTwo(left: Table, right: Table): Table {
  const keys = left.fields
    .filter((field) => field.kind !== 'number' && right.fields.some((one) => one.name === field.name))
    .map(({ name }) => name)
  const taken = new Set(left.fields.map(({ name }) => name))
  const added = right.fields
    .filter(({ name }) => !keys.includes(name))
    .map((field) => ({ field, name: taken.has(field.name) ? `${field.name} #${right.ref}` : field.name }))
  const keyOf = (table: Table, row: number): string =>
    JSON.stringify(keys.map((name) => table.fields.find((field) => field.name === name)?.values[row] ?? null))

  const rows: Row[] = []
  const byKey = new Map<string, Row>()
  for (let row = 0; row < left.rows; row += 1) {
    const cells: Row = new Map(left.fields.map(({ name, values }) => [name, values[row] ?? null]))
    rows.push(cells)
    const key = keyOf(left, row)
    if (!byKey.has(key)) byKey.set(key, cells)
  }
  const filled = new Set<Row>()
  for (let row = 0; row < right.rows; row += 1) {
    const key = keyOf(right, row)
    let cells = keys.length === 0 ? undefined : byKey.get(key)
    // A second row of the same key has nothing to be joined with.
    if (cells === undefined || filled.has(cells)) {
      cells = new Map(keys.map((name) => [name, right.fields.find((one) => one.name === name)?.values[row] ?? null]))
      rows.push(cells)
      if (keys.length > 0 && !byKey.has(key)) byKey.set(key, cells)
    }
    filled.add(cells)
    for (const { field, name } of added) cells.set(name, field.values[row] ?? null)
  }
  const fields: Field[] = [...left.fields, ...added.map(({ field, name }) => ({ ...field, name }))].map((field) => ({
    ...field,
    values: rows.map((cells) => cells.get(field.name) ?? null),
  }))
  return { ref: left.ref, fields, rows: rows.length }
}

const titles: Readonly<Record<Reducer, string>> = {
  last: 'Last',
  mean: 'Mean',
  min: 'Min',
  max: 'Max',
  sum: 'Sum',
  count: 'Count',
}

/** One row per field of numbers: its name, and each reduction of its values. */
export function reduceTables(tables: readonly Table[], reducers: readonly Reducer[]): readonly Table[] {
  const [first] = tables
  if (first === undefined) return tables
  const numbers = tables.flatMap(({ fields }) => fields.filter(({ kind }) => kind === 'number'))
  const fields: Field[] = [
    { name: 'Field', kind: 'text', values: numbers.map(({ name }) => name) },
    ...reducers.map((reducer): Field => {
      const values = numbers.map((field) => reduceValues(field.values, reducer))
      return { name: titles[reducer], kind: 'number', values }
    }),
  ]
  return [{ ref: first.ref, fields, rows: numbers.length }]
}
