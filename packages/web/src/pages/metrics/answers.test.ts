import { describe, expect, it } from 'vitest'
import { ApiError } from '../../api/error.ts'
import { inksOf } from '../../charts/palette.ts'
import { chartFrame, titlesOf } from './chart-frame.ts'
import { exemplarPoints, traceOf } from './exemplar-points.ts'
import { faultInCharacters } from './fault-place.ts'
import { nextOrder, orderRows, tableOf } from './instant-table.ts'
import { sharedLabels, streamSelector } from './stream-labels.ts'

describe('chartFrame', () => {
  const series = [
    { metric: { __name__: 'up', job: 'a', zone: 'x' }, values: [[60, '1'] as const, [90, '2'] as const] },
    { metric: { __name__: 'up', job: 'b', zone: 'x' }, values: [[60, 'NaN'] as const] },
  ]
  const earlier = [
    { metric: { __name__: 'up', job: 'a', zone: 'x' }, values: [[0, '5'] as const, [30, '+Inf'] as const] },
  ]
  const answer = {
    ...{ query: 'up', startMs: 60_000, endMs: 90_000, stepMs: 30_000, shiftMs: 60_000 },
    ...{ series, earlier, warnings: [], infos: [] },
  }

  it('puts the earlier range at the times of this one, in the colours of this one', () => {
    const frame = chartFrame(answer, 2, (name) => `${name} before`)
    expect(frame.times).toEqual([60, 90])
    expect(frame.series.map(({ name, title, like, values }) => [name, title, like, values])).toEqual([
      ['up{job="a", zone="x"}', 'a', undefined, [2, 4]],
      ['up{job="b", zone="x"}', 'b', undefined, [null, null]],
      ['up{job="a", zone="x"} before', 'a before', 'up{job="a", zone="x"}', [10, null]],
    ])
    const inks = inksOf(frame.series)
    expect(inks.get('up{job="a", zone="x"} before')?.colour).toBe(inks.get('up{job="a", zone="x"}')?.colour)
  })

  it('takes a series for one that is there at both times', () => {
    const one = { ...answer, series: series.slice(0, 1) }
    const titles = chartFrame(one, 1, (name) => `${name} before`).series.map(({ title }) => title)
    expect(titles).toEqual(['up{job="a", zone="x"}', 'up{job="a", zone="x"} before'])
  })

  it('names series by what tells them apart', () => {
    expect(titlesOf([{ __name__: 'up', job: 'a' }])).toEqual(['up{job="a"}'])
    expect(titlesOf([{}])).toEqual(['{}'])
    expect(
      titlesOf([
        { a: '1', b: '1' },
        { a: '2', b: '2' },
      ]),
    ).toEqual(['{a="1", b="1"}', '{a="2", b="2"}'])
    expect(titlesOf([{ a: '1' }, { a: '1', b: 'x' }])).toEqual(['{}', 'x'])
    expect(
      titlesOf([
        { __name__: 'up', b: 'x' },
        { __name__: 'down', b: 'x' },
      ]),
    ).toEqual(['up', 'down'])
  })
})

describe('instant tables', () => {
  const answer = tableOf({
    type: 'vector',
    result: [
      { metric: { __name__: 'a', job: 'j10' }, value: [1, '2'] },
      { metric: { __name__: 'a', job: 'j9', extra: 'x' }, value: [1, 'NaN'] },
      { metric: { __name__: 'a', job: 'j1' }, value: [1, '-Inf'] },
    ],
  })
  const values = (rows: typeof answer.rows): (string | undefined)[] => rows.map((row) => row.values[0]?.text)

  it('have the labels of all rows as columns, the name of the metric first', () => {
    expect(answer.columns).toEqual(['__name__', 'extra', 'job'])
  })

  it('come in their own order, by value with NaN last, or by label as people count', () => {
    expect(values(orderRows(answer.rows, undefined))).toEqual(['2', 'NaN', '-Inf'])
    expect(values(orderRows(answer.rows, { column: '', descending: true }))).toEqual(['2', '-Inf', 'NaN'])
    expect(values(orderRows(answer.rows, { column: '', descending: false }))).toEqual(['-Inf', '2', 'NaN'])
    const byJob = orderRows(answer.rows, { column: 'job', descending: false }).map(({ labels }) => labels.job)
    expect(byJob).toEqual(['j1', 'j9', 'j10'])
  })

  it('turn round at the second click on a head and back at the third', () => {
    const first = nextOrder(undefined, '')
    expect(first).toEqual({ column: '', descending: true })
    const second = nextOrder(first, '')
    expect(second).toEqual({ column: '', descending: false })
    expect(nextOrder(second, '')).toBeUndefined()
    expect(nextOrder(second, 'job')).toEqual({ column: 'job', descending: false })
  })

  it('show scalars, texts and series of samples', () => {
    expect(tableOf({ type: 'scalar', result: [5, '+Inf'] }).rows).toEqual([
      { labels: {}, values: [{ text: '+Inf', seconds: 5 }] },
    ])
    const matrix = tableOf({
      type: 'matrix',
      result: [
        {
          metric: { a: 'b' },
          values: [
            [1, '1'],
            [2, '3'],
          ],
        },
      ],
    })
    expect(matrix.rows[0]?.values).toEqual([
      { text: '1', seconds: 1 },
      { text: '3', seconds: 2 },
    ])
  })
})

describe('exemplars', () => {
  it('belong to the series that their own is grouped into', () => {
    const drawn = [
      { name: '{job="a"}', labels: { job: 'a' }, values: [], odd: 0 },
      { name: '{job="b"}', labels: { job: 'b' }, values: [1, 2, null], odd: 0 },
      { name: '{job="b"} before', labels: { job: 'b' }, like: '{job="b"}', values: [], odd: 0 },
    ]
    const exemplars = [
      { labels: { trace_id: 'abc' }, value: '0.5', timestamp: 7 },
      { labels: {}, value: 'NaN', timestamp: 8 },
    ]
    const found = [{ seriesLabels: { __name__: 'x_bucket', job: 'b', le: '1' }, exemplars }]
    const frame = { times: [0, 5, 10], stepSeconds: 5, series: drawn }
    const measured = (metric: string, value: number) => (metric === 'x_bucket' ? value * 1000 : undefined)
    expect(exemplarPoints(found, frame, measured, 'Value')).toEqual([
      { time: 7, value: 500, labels: { trace_id: 'abc' }, series: '{job="b"}' },
    ])
    const alone = exemplarPoints(found, { ...frame, series: [] }, measured, 'Value')
    expect(alone[0]?.series).toBeUndefined()
    // On a chart of something else, on the line of the series: the time next to 7 is 5, and 8 is next to 10.
    expect(exemplarPoints(found, frame, () => undefined, 'Value')).toEqual([
      { time: 7, value: 2, labels: { Value: '0.5', trace_id: 'abc' }, series: '{job="b"}' },
    ])
    expect(traceOf({ traceID: 'x' })).toBe('x')
    expect(traceOf({ span_id: 'x', trace_id: '' })).toBeUndefined()
  })
})

describe('ways to the logs', () => {
  it('go by labels that series share and streams have', () => {
    const shared = sharedLabels([
      { __name__: 'a', job: 'api', instance: '1', env: 'prod' },
      { __name__: 'b', job: 'api', instance: '2', env: 'prod' },
    ])
    expect(shared).toEqual({ job: 'api', env: 'prod' })
    const values = new Map([
      ['job', ['api', 'db']],
      ['env', ['test']],
    ])
    expect(streamSelector(shared, values)).toBe('{job="api"}')
    expect(streamSelector({ env: 'prod' }, values)).toBeUndefined()
    expect(sharedLabels([])).toEqual({})
  })
})

describe('faults of PromQL', () => {
  it('stand at the character, though the server counts bytes', () => {
    const query = 'a{b="서울"} $'
    const text = "1:15: parse error: unexpected character: '$'"
    const error = new ApiError(400, `invalid parameter "query": ${text}`)
    expect([error.line, error.column]).toEqual([1, 15])
    const moved = faultInCharacters(error, query)
    expect([moved.line, moved.column]).toEqual([1, query.indexOf('$') + 1])
    expect(moved.message).toBe(text)
    const none = new ApiError(422, 'too many samples')
    expect(faultInCharacters(none, query)).toBe(none)
  })
})
