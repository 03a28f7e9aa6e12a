import type { Transformation } from '@girok/server/contract'
import { type Field, pickRows, type Table } from './table.ts'
import { mergeTables, reduceTables } from './transform-tables.ts'

/** A transformation that cannot be carried out, in words of the dashboard: its message names the part at fault. */
export class TransformFault extends Error {
  override readonly name = 'TransformFault'
}

type Transform<K extends Transformation['kind']> = (
  tables: readonly Table[],
  options: Extract<Transformation, { kind: K }>,
) => readonly Table[]

/** What each kind does. A field that an option names and no answer has is passed over: answers change with the data. */
const transforms: { readonly [K in Transformation['kind']]: Transform<K> } = {
  organize: (tables, { exclude = [], order = [], rename = {} }) =>
    tables.map((table) => {
      const kept = table.fields.filter(({ name }) => !exclude.includes(name))
      const rank = ({ name }: Field): number => (order.includes(name) ? order.indexOf(name) : order.length)
      const fields = [...kept].sort((a, b) => rank(a) - rank(b))
      return { ...table, fields: fields.map((field) => ({ ...field, name: rename[field.name] ?? field.name })) }
    }),
  merge: mergeTables,
  reduce: (tables, { reducers }) => reduceTables(tables, reducers),
  filterFields: (tables, { include, exclude }) => {
    const wanted = include === undefined || include === '' ? undefined : expressionOf(include)
    const unwanted = exclude === undefined || exclude === '' ? undefined : expressionOf(exclude)
    return tables.map((table) => ({
      ...table,
      fields: table.fields.filter(
        ({ name, kind }) => kind === 'time' || ((wanted?.test(name) ?? true) && !(unwanted?.test(name) ?? false)),
      ),
    }))
  },
  sortBy: (tables, { field, descending = false }) => tables.map((table) => sortRows(table, field, descending)),
  limit: (tables, { count }) =>
    tables.map((table) => (table.rows <= count ? table : pickRows(table, [...Array(Math.max(0, count)).keys()]))),
  renameByRegex: (tables, { regex, to }) => {
    const pattern = expressionOf(regex)
    return mapFields(tables, (field) =>
      field.kind === 'time' ? field : { ...field, name: field.name.replace(pattern, to) },
    )
  },
  calculate: (tables, options) => tables.map((table) => calculated(table, options)),
}

/** Carries transformations out in order. Throws TransformFault for a regular expression that is none. */
export function transform(tables: readonly Table[], steps: readonly Transformation[]): readonly Table[] {
  let result = tables
  for (const step of steps) result = (transforms[step.kind] as Transform<typeof step.kind>)(result, step as never)
  return result
}

function expressionOf(source: string): RegExp {
  // Grafana writes expressions as /…/ with flags, or plain.
  const slashed = /^\/(.*)\/([gimsuy]*)$/s.exec(source)
  try {
    return slashed === null ? new RegExp(source) : new RegExp(slashed[1] ?? '', (slashed[2] ?? '').replace(/[gy]/g, ''))
  } catch (error) {
    throw new TransformFault(error instanceof Error ? error.message : String(error))
  }
}

function mapFields(tables: readonly Table[], change: (field: Field) => Field): readonly Table[] {
  return tables.map((table) => ({ ...table, fields: table.fields.map(change) }))
}

/** Numbers by size, texts as people count; cells without a value stand at the end either way. */
function sortRows(table: Table, name: string, descending: boolean): Table {
  const field = table.fields.find((one) => one.name === name)
  return field === undefined ? table : pickRows(table, sortedRows(field.values, descending))
}

const collator = new Intl.Collator(undefined, { numeric: true })

/** Numbers of rows in the order of their cells. */
export function sortedRows(values: Field['values'], descending: boolean): number[] {
  const sign = descending ? -1 : 1
  return [...values.keys()].sort((a, b) => {
    const [left, right] = [values[a] ?? null, values[b] ?? null]
    if (left === null || right === null) return left === right ? a - b : left === null ? 1 : -1
    const order =
      typeof left === 'number' && typeof right === 'number'
        ? left - right
        : collator.compare(String(left), String(right))
    return order === 0 ? a - b : order * sign
  })
}

function calculated(table: Table, { left, op, right, as }: Extract<Transformation, { kind: 'calculate' }>): Table {
  const operand = (text: string): ((row: number) => number | null) | undefined => {
    const field = table.fields.find(({ name }) => name === text)
    if (field !== undefined) {
      return (row) => {
        const value = field.values[row]
        return typeof value === 'number' ? value : null
      }
    }
    const constant = text.trim() === '' ? Number.NaN : Number(text)
    return Number.isNaN(constant) ? undefined : () => constant
  }
  const [one, other] = [operand(left), operand(right)]
  if (one === undefined || other === undefined) return table
  const values = Array.from({ length: table.rows }, (_, row) => {
    const [a, b] = [one(row), other(row)]
    if (a === null || b === null) return null
    const value = op === '+' ? a + b : op === '-' ? a - b : op === '*' ? a * b : a / b
    return Number.isFinite(value) ? value : null
  })
  return { ...table, fields: [...table.fields, { name: as, kind: 'number', values }] }
}
