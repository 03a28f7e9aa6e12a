import type { Panel, PanelQuery } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { frameOfAnswer, frameOfTables, tablesOfAnswer } from './answer-tables.ts'
import { logsBehind } from './logs-behind.ts'
import { parseMarkdown } from './markdown.ts'
import type { PanelAnswer, QueryAnswer } from './panel-answer.ts'
import { seriesTitles } from './series-title.ts'
import { tilesOf } from './tiles.ts'

const query = (ref: string, legend?: string): PanelQuery => ({
  ref,
  language: 'promql',
  expr: ref,
  ...(legend === undefined ? {} : { legend }),
})
const request = { queries: [], range: { from: 0n, to: 45_000_000_000n }, startMs: 0, endMs: 45_000, stepMs: 15_000 }
const answer = (...answers: QueryAnswer[]): PanelAnswer => ({ request, answers })
const asWritten = (legend: string): string => legend

describe('names of series', () => {
  const titles = (legend: string, ...all: Record<string, string>[]) =>
    seriesTitles(all.map((labels) => ({ labels, legend, expr: 'sum(x)' })))
  it.each<[string, readonly string[], readonly string[]]>([
    ['by the legend', titles('{{model}} p95', { model: 'a' }, { model: 'b' }), ['a p95', 'b p95']],
    ['by the one label that differs', titles('', { model: 'a', job: 'j' }, { model: 'b', job: 'j' }), ['a', 'b']],
    [
      'by those that differ',
      titles('__auto', { m: 'a', r: 'x' }, { m: 'b', r: 'x' }, { m: 'a', r: 'y' }),
      ['m=a r=x', 'm=b r=x', 'm=a r=y'],
    ],
    ['by the metric', titles('', { __name__: 'up', job: 'j' }), ['up']],
    ['by the query, where nothing else is', titles('', {}), ['sum(x)']],
    ['by all labels, where there is one series', titles('', { job: 'j', zone: 'z' }), ['job=j zone=z']],
    ['each its own', titles('same', { a: '1' }, { a: '2' }), ['same', 'same (2)']],
    ['without a label that is not there', titles('{{ gone }} x', { a: '1' }), ['x']],
  ])('are %s', (_, found, wanted) => {
    expect(found).toEqual(wanted)
  })
})

describe('answers', () => {
  const series = answer(
    {
      query: query('A', '{{m}}'),
      expr: 'x',
      kind: 'series',
      series: [
        {
          metric: { m: 'a' },
          values: [
            [15, '1'],
            [30, 'NaN'],
            [45, '3'],
          ],
        },
      ],
    },
    {
      query: query('B', '{{m}} before'),
      expr: 'y',
      kind: 'series',
      series: [{ metric: { m: 'a' }, values: [[0, '5']] }],
    },
  )
  const instant = answer(
    {
      query: query('A'),
      expr: 'x',
      kind: 'instant',
      samples: [
        { metric: { __name__: 'x', m: 'a' }, value: 1 },
        { metric: { m: 'b' }, value: Number.NaN },
      ],
    },
    { query: query('B'), expr: 'y', kind: 'instant', samples: [{ metric: { m: 'a' }, value: 2 }] },
  )

  it('are series on one ladder of times', () => {
    const frame = frameOfAnswer(series, asWritten)
    expect(frame.times).toEqual([0, 15, 30, 45])
    expect(frame.series.map(({ name, values }) => [name, values])).toEqual([
      ['a', [null, 1, null, 3]],
      ['a before', [5, null, null, null]],
    ])
    expect(frame.series[0]?.odd).toBe(1)
    expect(frameOfAnswer(instant, asWritten).times).toEqual([45])
  })

  it('are tables, and series again', () => {
    const tables = tablesOfAnswer(series, asWritten)
    expect(tables.map(({ fields }) => fields.map(({ name }) => name))).toEqual([
      ['Time', 'a'],
      ['Time', 'a before'],
    ])
    const { times, series: again } = frameOfTables(tables, 15)
    expect(times).toEqual([0, 15, 30, 45])
    expect(again.map(({ values }) => values)).toEqual([
      [null, 1, null, 3],
      [5, null, null, null],
    ])
    expect(
      tablesOfAnswer(instant, asWritten).map(({ fields }) => fields.map(({ name, values }) => [name, values])),
    ).toEqual([
      [
        ['m', ['a', 'b']],
        ['Value #A', [1, null]],
      ],
      [
        ['m', ['a']],
        ['Value #B', [2]],
      ],
    ])
  })

  it('are single numbers: of each series, or of each row', () => {
    const numbers = (one: PanelAnswer) =>
      tilesOf(tablesOfAnswer(one, asWritten), 'mean').map(({ name, value }) => [name, value])
    expect(numbers(series)).toEqual([
      ['a', 2],
      ['a before', 5],
    ])
    expect(numbers(instant)).toEqual([
      ['a', 1],
      ['b', null],
      ['a', 2],
    ])
    const lone = answer({ query: query('A'), expr: 'x', kind: 'instant', samples: [{ metric: {}, value: 7 }] })
    expect(numbers(lone)).toEqual([['Value', 7]])
  })
})

describe('logs behind a point', () => {
  const panel: Panel = { id: 1, title: '', kind: 'line', place: { x: 0, y: 0, w: 1, h: 1 }, queries: [] }
  const scope = { variables: new Map([['env', { values: ['prod'], many: false }]]), fromMs: 0, toMs: 1, intervalMs: 1 }
  const streams = { labels: new Set(['service_name', 'env']), services: new Set(['api']) }
  const behind = (
    language: 'promql' | 'logql',
    expr: string,
    labels: Record<string, string>,
    more: Partial<Panel> = {},
  ) => logsBehind({ ...panel, ...more }, { language, expr }, labels, scope, streams)
  it.each([
    [
      'template',
      behind('promql', 'x', { model: 'say "hi"' }, { logs: '{env="$env"} | model="{{model}}"' }),
      '{env="prod"} | model="say \\"hi\\""',
    ],
    [
      'LogQL',
      behind('logql', 'sum by (route) (rate({app="a"} | json [5m]))', { route: '/x' }),
      '{app="a"} | json | route="/x"',
    ],
    ['LogQL without labels', behind('logql', 'sum(rate({app="a"}[5m]))', {}), '{app="a"}'],
    ['labels that streams have', behind('promql', 'x', { env: 'prod', pod: 'p1' }), '{env="prod"}'],
    ['the service by its job', behind('promql', 'x', { job: 'api' }), '{service_name="api"}'],
    ['everything', behind('promql', 'x', { pod: 'p1' }), '{service_name=~".+"}'],
  ])('are found by %s', (_, found, wanted) => {
    expect(found).toBe(wanted)
  })
})

describe('markdown', () => {
  const text = (value: string) => ({ kind: 'text', text: value })
  it('is read as a tree', () => {
    expect(parseMarkdown('# A *b*\n\nOne\ntwo `c`\n\n- x\n- y\n  z\n\n1. n\n\n> q\n\n---\n```sh\n<b>\n```')).toEqual([
      { kind: 'heading', level: 1, children: [text('A '), { kind: 'emphasis', children: [text('b')] }] },
      { kind: 'paragraph', children: [text('One two '), { kind: 'code', text: 'c' }] },
      { kind: 'list', ordered: false, items: [[text('x')], [text('y z')]] },
      { kind: 'list', ordered: true, items: [[text('n')]] },
      { kind: 'quote', children: [text('q')] },
      { kind: 'rule' },
      { kind: 'code', text: '<b>' },
    ])
  })
  it('links only where nothing can run', () => {
    const kinds = (source: string) =>
      parseMarkdown(source).flatMap((block) => ('children' in block ? block.children.map(({ kind }) => kind) : []))
    expect(kinds('[a](https://x.example)')).toEqual(['link'])
    expect(kinds('[a](/logs?q=1)')).toEqual(['link'])
    expect(kinds('see https://x.example/a.')).toEqual(['text', 'link', 'text'])
    for (const target of ['javascript:alert(1)', 'data:text/html,x', '//evil.example', 'JaVaScRiPt:x']) {
      expect(kinds(`[a](${target})`), target).not.toContain('link')
    }
    expect(kinds('<script>alert(1)</script>')).toEqual(['text'])
    expect(kinds('snake_case_name and **bold**')).toEqual(['text', 'strong'])
  })
  it('ends, whatever it is given', () => {
    for (const odd of ['```', '>', '- ', '**', '[', '\n\n\n', '#', '1.', '* * *x'])
      expect(parseMarkdown(odd), odd).toBeDefined()
  })
})
