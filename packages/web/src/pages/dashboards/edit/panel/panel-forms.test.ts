import type { Panel, Transformation } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { transform } from '../../model/transform.ts'
import { emptyDashboard, withQueryPanel } from './add-panel.ts'
import { openLabel, withLabel } from './legend-text.ts'
import { linesOf, moved, removed, replaced, withFields } from './list-order.ts'
import { endsFault, nextRef, tidied, withNewQuery } from './panel-draft.ts'
import { queryFault, withStandIns } from './stand-ins.ts'
import {
  blankTransformation,
  isWhole,
  pairsOf,
  regexFault,
  renameOf,
  transformationKinds,
} from './transformation-kinds.ts'
import { unitGroups } from './unit-groups.ts'

const panel: Panel = { id: 3, title: 'p', kind: 'line', place: { x: 0, y: 0, w: 12, h: 8 }, queries: [] }

describe('lists of forms', () => {
  it('change one item, its place, or lose it', () => {
    expect(replaced(['a', 'b'], 1, 'c')).toEqual(['a', 'c'])
    expect(removed(['a', 'b'], 0)).toEqual(['b'])
    expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'c', 'b'])
    expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c'])
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
    expect(withFields({ a: 1, b: 2 }, { b: undefined, a: 3 })).toEqual({ a: 3 })
    expect(linesOf(' a \n\n b')).toEqual(['a', 'b'])
  })
})

describe('a panel that is being changed', () => {
  it('gets queries with letters that are free', () => {
    const two = withNewQuery(withNewQuery(panel))
    expect(two.queries.map(({ ref, language }) => [ref, language])).toEqual([
      ['A', 'promql'],
      ['B', 'promql'],
    ])
    expect(nextRef(two.queries.slice(1))).toBe('A')
    expect(withNewQuery({ ...panel, kind: 'logs' }).queries[0]?.language).toBe('logql')
    const all = Array.from({ length: 26 }, (_, at) => ({
      ref: String.fromCharCode(65 + at),
      language: 'promql',
      expr: '',
    }))
    expect(nextRef(all as Panel['queries'])).toBe('A1')
  })

  it('is kept without what its kind has no use for', () => {
    const full: Panel = {
      ...panel,
      title: ' t ',
      description: ' ',
      queries: [{ ref: 'A', language: 'promql', expr: ' up ', legend: '', instant: false, hidden: true }],
      unit: 'bytes',
      min: 0,
      scale: 'linear',
      thresholds: [
        { value: 9, colour: 'error' },
        { value: 1, colour: 'ok' },
      ],
      transformations: [],
      reduce: 'mean',
      logs: '',
      text: 'x',
    }
    expect(tidied(full)).toEqual({
      ...panel,
      title: 't',
      queries: [{ ref: 'A', language: 'promql', expr: 'up', hidden: true }],
      unit: 'bytes',
      min: 0,
      thresholds: [
        { value: 1, colour: 'ok' },
        { value: 9, colour: 'error' },
      ],
    })
    expect(tidied({ ...full, kind: 'text' })).toEqual({ ...panel, kind: 'text', title: 't', text: 'x' })
    expect(tidied({ ...full, kind: 'value' })).toMatchObject({ reduce: 'mean' })
    expect(tidied({ ...full, kind: 'value' })).not.toHaveProperty('min')
  })

  it('has an axis that begins below its end', () => {
    expect(endsFault({ ...panel, min: 1, max: 1 })).toBe(true)
    expect(endsFault({ ...panel, min: 0, max: 1 })).toBe(false)
    expect(endsFault({ ...panel, kind: 'table', min: 1, max: 0 })).toBe(false)
  })

  it('can be made of a query', () => {
    const asked = { language: 'promql', expr: 'up', kind: 'line' } as const
    const once = withQueryPanel(emptyDashboard('d'), asked, 'first')
    const twice = withQueryPanel(once, { ...asked, language: 'logql', expr: 'rate({a="b"}[1m])' }, 'second')
    expect(twice.panels.map(({ id, title, queries }) => [id, title, queries[0]?.language])).toEqual([
      [1, 'first', 'promql'],
      [2, 'second', 'logql'],
    ])
    expect(twice.panels[0]?.place).not.toEqual(twice.panels[1]?.place)
  })
})

describe('units', () => {
  it('stand in one group each', () => {
    const all = unitGroups.flatMap(({ units }) => units)
    expect(new Set(all).size).toBe(all.length)
    expect(all).toHaveLength(20)
  })
})

describe('a query with variables', () => {
  it.each([
    ['promql', 'sum by (model) (rate(x_total{model=~"$model"}[$__rate_interval]))'],
    ['promql', 'rate(x[${__interval}]) > 3'],
    ['promql', 'topk($n, x)'],
    ['promql', '$metric{a="b"}'],
    ['logql', 'sum(rate({app=~"$app"} |= "[[word]]" [$__interval]))'],
    ['logql', '{app="x"} $stage'],
    ['promql', ''],
  ] as const)('of %s has no fault: %s', (language, query) => {
    expect(queryFault(language, query)).toBeUndefined()
  })

  it('has its faults where they are', () => {
    const query = 'rate(x[$__rate_interval]) + sum('
    expect(withStandIns(query).text).toHaveLength(query.length)
    const fault = queryFault('promql', query)
    expect(fault?.line).toBe(1)
    expect(fault?.column).toBeGreaterThan(query.indexOf('sum('))
    expect(queryFault('logql', '{app="x"} | jsn')).toBeDefined()
  })
})

describe('a legend', () => {
  it('takes labels at the cursor', () => {
    expect(openLabel('p95 {{mod', 9)).toEqual({ from: 4, typed: 'mod' })
    expect(openLabel('p95 {{model}} ', 14)).toBeUndefined()
    expect(withLabel('p95 {{mod', 9, 'model')).toEqual({ text: 'p95 {{model}}', at: 13 })
    expect(withLabel('{{mo}} p95', 4, 'model')).toEqual({ text: '{{model}} p95', at: 9 })
    expect(withLabel('p95 ', 4, 'gpu')).toEqual({ text: 'p95 {{gpu}}', at: 11 })
  })
})

describe('transformations', () => {
  const table = { ref: 'A', rows: 2, fields: [{ name: 'v', kind: 'number' as const, values: [1, 2] }] }

  it.each(transformationKinds)('of the kind %s can be carried out as they begin', (kind) => {
    const step = blankTransformation(kind)
    expect(isWhole(step)).toBe(true)
    expect(() => transform([table], [step])).not.toThrow()
  })

  it('are not whole with an expression that is none', () => {
    expect(isWhole({ kind: 'renameByRegex', regex: '(', to: '' })).toBe(false)
    expect(isWhole({ kind: 'filterFields', include: '[' })).toBe(false)
    expect(isWhole({ kind: 'reduce', reducers: [] } as Transformation)).toBe(false)
    expect(regexFault('/a/i')).toBeUndefined()
    expect(regexFault('(')).toMatch(/./)
  })

  it('name fields by pairs', () => {
    expect(renameOf(pairsOf({ a: 'b', c: 'd' }))).toEqual({ a: 'b', c: 'd' })
    expect(renameOf([])).toBeUndefined()
  })
})
