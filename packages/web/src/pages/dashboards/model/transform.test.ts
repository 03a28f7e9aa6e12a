import type { Transformation } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { type Field, reduceValues, type Table } from './table.ts'
import { TransformFault, transform } from './transform.ts'

function table(ref: string, columns: Readonly<Record<string, readonly (number | string | null)[]>>): Table {
  const fields = Object.entries(columns).map(([name, values]): Field => {
    const kind = name === 'Time' ? 'time' : values.some((value) => typeof value === 'number') ? 'number' : 'text'
    return { name, kind, values }
  })
  return { ref, fields, rows: fields[0]?.values.length ?? 0 }
}
const plain = (tables: readonly Table[]) =>
  tables.map(({ fields }) => Object.fromEntries(fields.map(({ name, values }) => [name, values])))

const models = table('A', { model: ['a', 'b', 'c'], Value: [3, 1, 2] })
const series = table('A', { Time: [10, 20, 30], 'http 200': [1, null, 3], 'http 500': [null, null, null] })
const errors = { name: 'http 500', kind: 'number', values: [0, 1, 0] } as const

describe('transformations', () => {
  it.each<[string, readonly Table[], Transformation, unknown]>([
    [
      'organize leaves out, orders and renames',
      [table('A', { a: ['x'], b: [1], c: [2], Time: [0] })],
      { kind: 'organize', exclude: ['Time', 'gone'], order: ['c', 'b'], rename: { c: 'C!', gone: 'x' } },
      [{ 'C!': [2], b: [1], a: ['x'] }],
    ],
    [
      'merge joins rows of the same labels',
      [models, table('B', { model: ['b', 'd'], Value: [10, 40] })],
      { kind: 'merge' },
      [{ model: ['a', 'b', 'c', 'd'], Value: [3, 1, 2, null], 'Value #B': [null, 10, null, 40] }],
    ],
    [
      'merge of what shares no label puts rows below one another',
      [table('A', { x: ['1'] }), table('B', { y: ['2'] })],
      { kind: 'merge' },
      [{ x: ['1', null], y: [null, '2'] }],
    ],
    ['merge of one table changes nothing', [models], { kind: 'merge' }, plain([models])],
    [
      'reduce makes a row of each series',
      [{ ...series, fields: [...series.fields.slice(0, 2), errors] }],
      { kind: 'reduce', reducers: ['last', 'mean', 'max', 'count'] },
      [{ Field: ['http 200', 'http 500'], Last: [3, 0], Mean: [2, 1 / 3], Max: [3, 1], Count: [2, 3] }],
    ],
    [
      'filterFields keeps by name, and the time always',
      [series],
      { kind: 'filterFields', include: '5..$' },
      [{ Time: [10, 20, 30], 'http 500': [null, null, null] }],
    ],
    [
      'filterFields leaves out by name',
      [series],
      { kind: 'filterFields', exclude: '/HTTP 5/i' },
      [{ Time: [10, 20, 30], 'http 200': [1, null, 3] }],
    ],
    ['sortBy numbers', [models], { kind: 'sortBy', field: 'Value' }, [{ model: ['b', 'c', 'a'], Value: [1, 2, 3] }]],
    [
      'sortBy downwards, what is missing last',
      [table('A', { n: ['x2', 'x10', null], v: [null, 1, 2] })],
      { kind: 'sortBy', field: 'n', descending: true },
      [{ n: ['x10', 'x2', null], v: [1, null, 2] }],
    ],
    ['sortBy what is not there', [models], { kind: 'sortBy', field: 'gone' }, plain([models])],
    ['limit', [models], { kind: 'limit', count: 2 }, [{ model: ['a', 'b'], Value: [3, 1] }]],
    [
      'renameByRegex',
      [series],
      { kind: 'renameByRegex', regex: 'http (\\d+)', to: 'status $1' },
      [{ Time: [10, 20, 30], 'status 200': [1, null, 3], 'status 500': [null, null, null] }],
    ],
    [
      'calculate from two fields',
      [table('A', { clicks: [5, 6, 7], shown: [10, 0, null] })],
      { kind: 'calculate', left: 'clicks', op: '/', right: 'shown', as: 'CTR' },
      [{ clicks: [5, 6, 7], shown: [10, 0, null], CTR: [0.5, null, null] }],
    ],
    [
      'calculate with a number',
      [models],
      { kind: 'calculate', left: 'Value', op: '*', right: '100', as: 'percent' },
      [{ model: ['a', 'b', 'c'], Value: [3, 1, 2], percent: [300, 100, 200] }],
    ],
    [
      'calculate with what is not there',
      [models],
      { kind: 'calculate', left: 'Value', op: '+', right: 'gone', as: 'x' },
      plain([models]),
    ],
  ])('%s', (_, tables, step, wanted) => {
    expect(plain(transform(tables, [step]))).toEqual(wanted)
  })

  it('follow one another', () => {
    const steps: Transformation[] = [
      { kind: 'sortBy', field: 'Value', descending: true },
      { kind: 'limit', count: 1 },
      { kind: 'organize', rename: { Value: 'best' } },
    ]
    expect(plain(transform([models], steps))).toEqual([{ model: ['a'], best: [3] }])
  })

  it('say which expression cannot be read', () => {
    expect(() => transform([models], [{ kind: 'filterFields', include: '(' }])).toThrow(TransformFault)
  })
})

describe('reduceValues', () => {
  it('passes over what is no number', () => {
    const values = [null, 4, 'x', 2, null]
    const reduced = (['last', 'mean', 'min', 'max', 'sum', 'count'] as const).map((one) => reduceValues(values, one))
    expect(reduced).toEqual([2, 3, 2, 4, 6, 2])
    expect(reduceValues([null], 'last')).toBeNull()
    expect(reduceValues([], 'count')).toBe(0)
  })
})
