import { describe, expect, test } from 'vitest'
import type { Dashboard } from '../model/dashboard.ts'
import { GirokError } from '../model/errors.ts'
import { builtInDashboards } from './built-in/index.ts'
import { checkDashboard } from './check.ts'

const whole: Dashboard = {
  title: '계기판 1',
  description: 'Everything that there is.',
  tags: ['a', 'b'],
  time: { from: 'now-6h', to: '2026-01-31T09:00:00Z' },
  refresh: '30s',
  variables: [
    {
      name: 'job',
      kind: 'labels',
      label: 'Job',
      multi: true,
      includeAll: true,
      allValue: '.+',
      current: ['a'],
      hidden: true,
      source: 'metrics',
      labelName: 'job',
      match: 'up',
      regex: '/^(a|b)$/i',
    },
    { name: 'top', kind: 'query', language: 'promql', expr: 'topk(3, up)', labelName: 'job', regex: '(.*)' },
    { name: '_1', kind: 'custom', values: ['x', 'y'] },
    { name: 'step', kind: 'interval', values: ['1m'] },
    { name: 'c', kind: 'constant', value: '' },
    { name: 't', kind: 'text', value: 'typed' },
  ],
  panels: [
    {
      id: 1,
      title: 'Row',
      kind: 'row',
      place: { x: 0, y: 0, w: 24, h: 1 },
      queries: [],
      repeat: { variable: 'job', direction: 'v' },
      collapsed: true,
    },
    {
      id: 2,
      title: 'All',
      description: 'd',
      kind: 'table',
      place: { x: 12, y: 1, w: 12, h: 8 },
      queries: [
        { ref: 'A', language: 'promql', expr: 'up', legend: '{{job}}', instant: true, hidden: false },
        { ref: 'B', language: 'logql', expr: 'broken (' },
      ],
      unit: 'ratio',
      decimals: 2,
      min: 0,
      max: 1,
      scale: 'log',
      thresholds: [{ value: 0.5, colour: 'warn' }],
      reduce: 'mean',
      transformations: [
        { kind: 'organize', exclude: ['a'], order: ['b'], rename: { b: 'c' } },
        { kind: 'merge' },
        { kind: 'reduce', reducers: ['count'] },
        { kind: 'filterFields', include: 'a', exclude: '/b/' },
        { kind: 'sortBy', field: 'a', descending: true },
        { kind: 'limit', count: 3 },
        { kind: 'renameByRegex', regex: '(.*)', to: '$1' },
        { kind: 'calculate', left: 'a', op: '/', right: '2', as: 'half' },
      ],
      logs: '{job="{{job}}"}',
    },
    { id: 3, title: '', kind: 'text', place: { x: 0, y: 1, w: 12, h: 8 }, queries: [], text: '# Hello' },
  ],
}

/** The whole dashboard with a value at a place. */
function withValue(path: string, value: unknown): unknown {
  const copy = structuredClone(whole) as unknown as Record<string, unknown>
  const parts = path.split('.')
  const last = parts.pop() as string
  const parent = parts.reduce((at, part) => at[part] as Record<string, unknown>, copy)
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return copy
}

function messageOf(given: unknown): string {
  try {
    checkDashboard(given)
    return ''
  } catch (error) {
    if (error instanceof GirokError && error.code === 'bad_request') return error.message
    throw error
  }
}

test('everything that a dashboard can have is taken as it is', () => {
  expect(checkDashboard(JSON.parse(JSON.stringify(whole)))).toEqual(whole)
})

test.each(Object.entries(builtInDashboards))('the built-in dashboard %s is one', (_, dashboard) => {
  expect(checkDashboard(JSON.parse(JSON.stringify(dashboard)))).toEqual(dashboard)
})

describe('each fault is told with its place and what should stand there', () => {
  test.each<[string, unknown, string]>([
    ['title', undefined, 'title is missing: a dashboard needs it'],
    ['title', '  ', 'title must be a title of 1 to 200 characters on one line, not "  "'],
    ['title', 'a\nb', 'title must be a title of 1 to 200 characters on one line, not "a\\nb"'],
    ['tags', 'a', 'tags must be a list of tags, not "a"'],
    ['time.from', 'yesterday', 'time.from must be now, a time before it such as now-6h'],
    ['refresh', '5', 'refresh must be a time between two looks such as 10s, 5m or 1h, not "5"'],
    ['variables.0.kind', 'label', 'variables[0].kind must be one of labels, query, custom, interval, constant, text'],
    ['variables.0.source', 'traces', 'variables[0].source must be one of metrics, logs, not "traces"'],
    ['variables.0.regex', '(', 'variables[0].regex must be a regular expression, plain or as /…/ with flags, not "("'],
    ['variables.1.name', 'job', 'variables[1].name is the name of variables[0] already'],
    ['variables.2.name', 'a-b', 'variables[2].name must be letters, digits and underscores'],
    ['panels.0.id', 2, 'panels[1].id is the id of panels[0] already'],
    ['panels.0.repeat.variable', 'jobs', 'panels[0].repeat.variable is no variable of this dashboard; it has job, top'],
    ['panels.1.place.w', 13, 'panels[1].place reaches past the 24 columns: x + w must be at most 24'],
    ['panels.1.place', [], 'panels[1].place must be the place of a panel: a JSON object, not a list'],
    ['panels.1.queries.0.expression', 'x', 'panels[1].queries[0].expression is nothing that a query has; it has ref'],
    ['panels.1.queries.1.ref', 'A', 'panels[1].queries[1].ref A stands twice in this panel'],
    ['panels.1.queries.0.expr', 7, 'panels[1].queries[0].expr must be a text of at most 131072 characters, not 7'],
    ['panels.1.unit', 'parsecs', 'panels[1].unit must be one of none, perSecond, bytes'],
    ['panels.1.titel', 'x', 'panels[1].titel is nothing that a panel has; did you mean title?'],
    ['panels.1.min', null, 'panels[1].min must be a number, not null'],
    ['panels.1.transformations.3.kind', 'join', 'panels[1].transformations[3].kind must be one of organize, merge'],
    ['panels.2.queries', [{ ref: 'A', language: 'promql', expr: 'up' }], 'panels[2].queries must be empty'],
  ])('%s = %j', (path, value, message) => {
    expect(messageOf(withValue(path, value))).toContain(message)
  })

  test('several at once, and only the first of very many', () => {
    const message = messageOf({ title: 1, time: {}, variables: [], panels: {} })
    expect(message).toMatch(/^this is no dashboard: title must be .*; time\.from is missing.*; panels must be a list/)
    const many = messageOf({ ...whole, panels: Array.from({ length: 400 }, () => ({})) })
    expect(many).toMatch(/; and \d+ faults more$/)
    expect(many.length).toBeLessThan(2_000)
    expect(messageOf({ ...whole, panels: Array.from({ length: 501 }, () => ({})) })).toContain('at most 500')
  })

  test.each([null, undefined, 'x', [], 3])('%j is none at all', (given) => {
    expect(messageOf(given)).toContain('this is no dashboard: must be a dashboard: a JSON object')
  })
})

test('names such as __proto__ are names', () => {
  const given = JSON.parse(JSON.stringify(whole))
  given.panels[1].transformations = [
    JSON.parse('{"kind": "organize", "rename": {"__proto__": "a", "constructor": "b"}}'),
  ]
  const [step] = checkDashboard(given).panels[1]?.transformations ?? []
  expect(JSON.stringify(step)).toBe('{"kind":"organize","rename":{"__proto__":"a","constructor":"b"}}')
  expect(messageOf(JSON.parse('{"__proto__": {"title": "x"}}'))).toContain('__proto__ is nothing that a dashboard has')
})
