import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Panel } from '../../model/dashboard.ts'
import { GirokError } from '../../model/errors.ts'
import { checkDashboard } from '../check.ts'
import { importGrafana, looksLikeGrafana } from './import.ts'

const FIXTURES = ['node-host', 'api-red', 'cluster', 'loki-logs', 'rows-2017'] as const
const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'testdata', `${name}.json`), 'utf8'))

describe('five dashboards', () => {
  test.each(FIXTURES)('%s', async (name) => {
    const given = read(name)
    expect(looksLikeGrafana(given)).toBe(true)
    const imported = importGrafana(given)
    expect(checkDashboard(imported.dashboard)).toEqual(imported.dashboard)
    expect(looksLikeGrafana(imported.dashboard)).toBe(false)
    await expect(`${JSON.stringify(imported, undefined, 2)}\n`).toMatchFileSnapshot(`testdata/${name}.golden`)
  })

  test.each(FIXTURES)('no two panels of %s lie on one another', (name) => {
    const { panels } = importGrafana(read(name)).dashboard
    const overlaps = (a: Panel, b: Panel) =>
      a.place.x < b.place.x + b.place.w &&
      b.place.x < a.place.x + a.place.w &&
      a.place.y < b.place.y + b.place.h &&
      b.place.y < a.place.y + a.place.h
    for (const [index, panel] of panels.entries()) {
      for (const other of panels.slice(index + 1)) expect([panel.id, other.id, overlaps(panel, other)]).toContain(false)
    }
  })
})

const panelOf = (panel: object, rest: object = {}) => {
  const { dashboard, unsupported } = importGrafana({ title: 'x', ...rest, panels: [panel] })
  return { panel: dashboard.panels[0] as Panel, told: unsupported.map(({ what }) => what) }
}

describe('what is no dashboard', () => {
  test.each([
    [[], 'it has neither panels nor rows'],
    [null, 'it has neither panels nor rows'],
    [{ title: 'x' }, 'it has neither panels nor rows'],
    [{ spec: { elements: {}, layout: {} } }, 'schema version 2'],
  ])('%j is refused', (given, message) => {
    expect(() => importGrafana(given)).toThrow(message)
    expect(() => importGrafana(given)).toThrow(GirokError)
  })
})

describe('data sources', () => {
  const ask = (datasource: unknown, expr: string, rest: object = {}) =>
    panelOf({ type: 'timeseries', datasource, targets: [{ expr, refId: 'A' }] }, rest).panel.queries[0]?.language
  test.each([
    ['Loki', 'up', 'logql'],
    ['My Prometheus', 'up', 'promql'],
    [{ type: 'loki', uid: 'x' }, 'up', 'logql'],
    [{ type: 'grafana-amazonprometheus-datasource' }, 'up', 'promql'],
    [null, 'rate({job="x"} |= "y" [5m])', 'logql'],
    [undefined, 'count_over_time({job="x"}[5m])', 'logql'],
    [undefined, 'sum by (a) (rate(x_total{a="{b}"}[5m]))', 'promql'],
    [undefined, '{__name__=~"a|b"}', 'promql'],
    ['default', 'up{path="| json"}', 'promql'],
    ['$source', 'up', 'promql'],
  ])('%j with %s', (datasource, expr, language) => {
    expect(ask(datasource, expr)).toBe(language)
  })

  test('a variable or an input says the type', () => {
    const templating = { list: [{ type: 'datasource', name: 'source', query: 'loki' }] }
    for (const name of ['$source', `\${source}`, '[[source]]', `\${source:text}`]) {
      expect(ask(name, 'up', { templating })).toBe('logql')
    }
    expect(ask(`\${DS_X}`, 'up', { __inputs: [{ name: 'DS_X', type: 'datasource', pluginId: 'loki' }] })).toBe('logql')
  })
})

describe('single parts', () => {
  test.each([
    ['now-6h', 'now-6h'],
    ['now/d', 'now'],
    ['now-2y', 'now-730d'],
    ['2026-01-31T09:00:00Z', '2026-01-31T09:00:00.000Z'],
    ['1767225600000', '2026-01-01T00:00:00.000Z'],
    ['whenever', 'now-6h'],
  ])('the time %s', (from, expected) => {
    expect(importGrafana({ title: 'x', panels: [], time: { from, to: 'now' } }).dashboard.time.from).toBe(expected)
  })

  test.each([
    ['bytes', 'bytes', 0],
    ['percentunit', 'ratio', 0],
    ['µs', 'microseconds', 0],
    ['kbytes', 'none', 1],
    ['__proto__', 'none', 1],
    ['constructor', 'none', 1],
  ])('the unit %s', (unit, expected, notes) => {
    const { panel, told } = panelOf({ type: 'timeseries', fieldConfig: { defaults: { unit } } })
    expect(panel.unit).toBe(expected)
    expect(told).toHaveLength(notes)
  })

  test.each([
    [{ type: 'graph', bars: true, lines: false }, 'bar'],
    [{ type: 'graph', bars: true, lines: true }, 'line'],
    [{ type: 'graph', stack: true }, 'stacked'],
    [{ type: 'singlestat', gauge: { show: true } }, 'gauge'],
    [{ type: 'barchart', targets: [{ expr: 'x' }] }, 'bar'],
    [{ type: 'histogram' }, 'bar'],
    [{ type: 'constructor' }, 'text'],
    [{}, 'text'],
  ])('%j', (panel, kind) => {
    expect(panelOf(panel).panel.kind).toBe(kind)
  })

  test('panels of a closed row have a place below it, and what follows moves down', () => {
    const at = (y: number, rest: object = {}) => ({ type: 'text', gridPos: { x: 0, y, w: 24, h: 4 }, ...rest })
    const row = (y: number, panels: object[]) => ({ ...at(y), gridPos: { x: 0, y, w: 24, h: 1 }, type: 'row', panels })
    const { dashboard } = importGrafana({
      title: 'x',
      panels: [row(0, [at(1), at(5)]), row(1, [at(2)]), at(2, { title: 'last' })],
    })
    expect(dashboard.panels.map(({ kind, place }) => [kind, place.y])).toEqual([
      ['row', 0],
      ['text', 1],
      ['text', 5],
      ['row', 9],
      ['text', 10],
      ['text', 14],
    ])
  })

  test('ids that stand once are kept, others are made', () => {
    const panels = [{ type: 'text' }, { type: 'text', id: 2 }, { type: 'text', id: 2 }, { type: 'text', id: '7' }]
    expect(importGrafana({ title: 'x', panels }).dashboard.panels.map(({ id }) => id)).toEqual([1, 2, 3, 7])
  })

  test('numbers are called Value, or by their query where several of a moment answer', () => {
    const organized = (targets: object[]) =>
      panelOf({
        type: 'table',
        targets,
        transformations: [
          { id: 'organize', options: { excludeByName: { 'Value #Y': true }, renameByName: { 'Value #Z 1': 'C' } } },
        ],
      }).panel.transformations
    const of = (refId: string, rest: object = {}) => ({ expr: 'up', instant: true, refId, ...rest })
    expect(organized([of('Y'), of('Z 1')])).toEqual([
      { kind: 'organize', exclude: ['Value #Y'], rename: { 'Value #Z_1': 'C' } },
    ])
    expect(organized([of('X', { hide: true }), of('Y')])).toEqual([
      { kind: 'organize', exclude: ['Value'], rename: { Value: 'C' } },
    ])
  })

  test('colours say what they mean', () => {
    const steps = [
      { color: 'super-light-green', value: null },
      { color: '#3274D9', value: 1 },
      { color: '#fa0', value: 2 },
      { color: 'rgb(196, 22, 42)', value: 3 },
      { color: '#888888', value: 4 },
    ]
    const { panel } = panelOf({ type: 'stat', fieldConfig: { defaults: { thresholds: { mode: 'absolute', steps } } } })
    expect(panel.thresholds?.map(({ value, colour }) => `${value} ${colour}`)).toEqual([
      '1 info',
      '2 warn',
      '3 error',
      '4 info',
    ])
  })
})

describe('damaged dashboards', () => {
  const seed = Math.floor(Math.random() * 2 ** 31)

  /** mulberry32 */
  const random = (state: number) => () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  const odd: readonly unknown[] = [
    null,
    undefined,
    true,
    '',
    'x',
    '$x',
    '/[/',
    '\ud800',
    'line\nbreak',
    '\u0000',
    -1,
    0,
    0.5,
    1e300,
    -1e300,
    2 ** 53,
    'NaN',
    '1e999',
    [],
    {},
    [null],
    [[]],
    { value: null },
    { __proto__: null, a: 1 },
    'y'.repeat(3_000),
    'now-9999y',
    `label_values(${'up{a="b"} or '.repeat(12_000)}, a)`,
    Array.from({ length: 1_100 }, (_, index) => `value ${index}`),
    Array.from({ length: 1_100 }, (_, index) => `value ${index}`).join(),
    Array.from({ length: 600 }, (_, index) => ({ type: 'text', title: `t${index}`, name: `v${index}`, expr: 'up' })),
  ]

  /** A copy with a few values exchanged, moved or gone. */
  function damaged(given: unknown, next: () => number): unknown {
    const places: [parent: Record<string, unknown>, name: string][] = []
    const copy = structuredClone(given)
    const walk = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return
      for (const name of Object.keys(value)) {
        places.push([value as Record<string, unknown>, name])
        walk((value as Record<string, unknown>)[name])
      }
    }
    walk(copy)
    for (let count = 1 + Math.floor(next() * 6); count > 0; count--) {
      const [parent, name] = places[Math.floor(next() * places.length)] as (typeof places)[number]
      const [other, otherName] = places[Math.floor(next() * places.length)] as (typeof places)[number]
      const way = next()
      if (way < 0.6) parent[name] = odd[Math.floor(next() * odd.length)]
      else if (way < 0.8) parent[name] = structuredClone(other[otherName])
      else delete parent[name]
    }
    return JSON.parse(JSON.stringify(copy))
  }

  test.each(FIXTURES)(`%s (seed ${seed})`, { timeout: 60_000 }, (name) => {
    const given = read(name)
    const next = random(seed)
    for (let round = 0; round < 60; round++) {
      const one = damaged(given, next)
      try {
        const { dashboard, unsupported } = importGrafana(one)
        expect(checkDashboard(dashboard)).toEqual(dashboard)
        for (const note of unsupported) expect(note.what).not.toBe('')
      } catch (error) {
        if (!(error instanceof GirokError)) throw error
        // What the import itself made must never be what is refused.
        expect(error.message).toContain('this is no dashboard of Grafana')
      }
    }
  })
})
