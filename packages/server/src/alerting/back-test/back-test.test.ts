import { expect, test } from 'vitest'
import type { RuleBody } from '../../model/rules.ts'
import { backTest } from './back-test.ts'
import { memoryQueries } from './testing/memory-queries.ts'
import { MINUTE, minutely, requestOf, ruleOf } from './testing/requests.ts'

test('tells spans, what fired for how long, and the values against the threshold', async () => {
  const rule = ruleOf({ alert: 'High', expr: 'load > 5', for: '2m', annotations: { text: 'at {{ $value }}' } })
  const series = [
    minutely({ __name__: 'load', i: 'a' }, [1, 6, 6, 7, 8, 1, 6, 1]),
    minutely({ __name__: 'load', i: 'b' }, [1, 1, 1, 1, 1, 1, 1, 1]),
  ]
  const result = await backTest(requestOf(rule, 0, 7 * MINUTE), memoryQueries({ series }))
  const at = (minute: number) => minute * MINUTE
  expect(
    result.alerts.map(({ labels, annotations, spans }) => [labels.get('i'), annotations.get('text'), spans]),
  ).toEqual([
    [
      'a',
      'at 6',
      [
        { state: 'pending', startMs: at(1), endMs: at(3) },
        { state: 'firing', startMs: at(3), endMs: at(5) },
        { state: 'pending', startMs: at(6), endMs: at(7) },
      ],
    ],
  ])
  expect([result.fired, result.firingMs, result.failures]).toEqual([1, at(2), []])
  expect(result.drawn?.threshold).toEqual({ op: '>', value: 5 })
  expect(result.drawn?.series.map(({ labels }) => labels.get('i'))).toEqual(['a', 'b'])
  expect(result.drawn?.series[0]?.points.map(([, value]) => value)).toEqual([1, 6, 6, 7, 8, 1, 6, 1])
})

test('an alert that still fires ends with the test', async () => {
  const rule = ruleOf({ alert: 'High', expr: '5 < load' })
  const series = [minutely({ __name__: 'load' }, [1, 6, 6, 6])]
  const { alerts, drawn } = await backTest(requestOf(rule, 0, 3.5 * MINUTE), memoryQueries({ series }))
  expect(alerts[0]?.spans).toEqual([{ state: 'firing', startMs: MINUTE, endMs: 3 * MINUTE }])
  expect(drawn?.threshold).toEqual({ op: '>', value: 5 })
})

test('values of a condition are the reduced ones', async () => {
  // A sample counts for five minutes, so the 9 of minute 1 is seen until the one of minute 2 takes its place.
  const rule = ruleOf({ alert: 'Mean', expr: 'load', condition: 'max() IS OUTSIDE 0 TO 5', over: '2m' })
  const series = [minutely({ __name__: 'load' }, [1, 9, 1, 1, 1])]
  const { drawn, firingMs } = await backTest(requestOf(rule, 0, 4 * MINUTE), memoryQueries({ series }))
  expect(drawn?.threshold).toBeUndefined()
  expect(drawn?.series[0]?.points.map(([, value]) => value)).toEqual([1, 9, 9, 9, 1])
  expect(firingMs).toBe(3 * MINUTE)
})

test('a week by the minute is asked for in some dozen queries', async () => {
  const rule = ruleOf({ alert: 'High', expr: 'load > 5' })
  const queries = memoryQueries({ series: [minutely({ __name__: 'load' }, [6, 6])] })
  const { times } = await backTest(requestOf(rule, 0, 7 * 24 * 60 * MINUTE), queries)
  expect(times.count).toBe(10_081)
  expect(queries.asked.range).toBeLessThan(30)
  expect(queries.asked.instant).toBeLessThan(2)
})

test('what fails at some times fails there alone', async () => {
  const rule = ruleOf({ alert: 'Twice', expr: 'load * on () load > 0' })
  const series = [
    minutely({ __name__: 'load', i: 'a' }, Array(600).fill(1)),
    {
      labels: { __name__: 'load', i: 'b' },
      samples: [
        [300 * MINUTE, 1],
        [303 * MINUTE, undefined],
      ] as const,
    },
  ]
  const { failures, alerts } = await backTest(requestOf(rule, 0, 599 * MINUTE), memoryQueries({ series }))
  expect(failures.map(({ timeMs }) => timeMs / MINUTE)).toEqual([300, 301, 302])
  expect(failures[0]?.message).toContain('many-to-many')
  expect(alerts[0]?.spans).toEqual([{ state: 'firing', startMs: 0, endMs: 599 * MINUTE }])
  const always = [...series.slice(0, 1), minutely({ __name__: 'load', i: 'b' }, Array(600).fill(1))]
  await expect(backTest(requestOf(rule, 0, 599 * MINUTE), memoryQueries({ series: always }))).rejects.toThrow(
    'fails again and again, first at 1970-01-01T00:00:00.000Z: ',
  )
})

test('has bounds', async () => {
  const rule = ruleOf({ alert: 'High', expr: 'load > 5' })
  await expect(backTest(requestOf(rule, 0, 11_000 * MINUTE), memoryQueries({}))).rejects.toThrow(
    'at most 11,000 evaluations, this one would have 11,001',
  )
  await expect(backTest(requestOf(rule, MINUTE, 0), memoryQueries({}))).rejects.toThrow('endMs')
})

test('ends when its queries do', async () => {
  const rule = ruleOf({ alert: 'High', expr: 'load > 5' })
  const gone = new Error('the client is gone')
  const queries = { ...memoryQueries({}), range: () => Promise.reject(gone) }
  await expect(backTest(requestOf(rule, 0, 600 * MINUTE), queries)).rejects.toBe(gone)
})

test('a limit of the group fails the evaluation, and nothing changes', async () => {
  const rule = ruleOf({ alert: 'High', expr: 'load > 5' })
  const series = [
    minutely({ __name__: 'load', i: 'a' }, [6, 6, 6, 6, 1, 1]),
    minutely({ __name__: 'load', i: 'b' }, [1, 6, 6, 1, 6, 1]),
  ]
  const result = await backTest(requestOf(rule, 0, 5 * MINUTE, MINUTE, { limit: 1 }), memoryQueries({ series }))
  expect(result.failures).toEqual([
    { timeMs: MINUTE, message: 'exceeded limit of 1 with 2 alerts' },
    { timeMs: 2 * MINUTE, message: 'exceeded limit of 1 with 2 alerts' },
  ])
  expect(result.alerts.map(({ labels, spans }) => [labels.get('i'), spans])).toEqual([
    ['a', [{ state: 'firing', startMs: 0, endMs: 4 * MINUTE }]],
    ['b', [{ state: 'firing', startMs: 4 * MINUTE, endMs: 5 * MINUTE }]],
  ])
})

test('an offset of the queries moves what is seen, not when: templates ask as of the evaluation', async () => {
  const rule = ruleOf({
    alert: 'High',
    expr: 'load > 5',
    annotations: { now: '{{ range query "load" }}{{ .Value }}{{ end }} was {{ $value }}' },
  })
  const series = [minutely({ __name__: 'load' }, [1, 6, 7, 2, 3, 4])]
  const request = requestOf(rule, 2 * MINUTE, 5 * MINUTE, MINUTE, { queryOffsetMs: MINUTE })
  const { alerts, drawn } = await backTest(request, memoryQueries({ series }))
  expect(alerts[0]?.spans).toEqual([{ state: 'firing', startMs: 2 * MINUTE, endMs: 4 * MINUTE }])
  expect(alerts[0]?.annotations.get('now')).toBe('2 was 7')
  expect(drawn?.series[0]?.points).toEqual([6, 7, 2, 3].map((value, at) => [(at + 2) * MINUTE, value]))
})

test('an alert that came before the start is as it would be by then', async () => {
  const rule = ruleOf({ alert: 'High', expr: 'load > 5', for: '2m', keep_firing_for: '3m' })
  const series = [
    minutely({ __name__: 'load', i: 'fires' }, [6, 6, 6, 6, 6, 6, 6, 6, 6]),
    minutely({ __name__: 'load', i: 'pending' }, [1, 1, 1, 1, 6, 6, 6, 6, 6]),
    minutely({ __name__: 'load', i: 'kept' }, [6, 6, 6, 6, 1, 1, 1, 1, 1]),
  ]
  const request = requestOf(rule, 5 * MINUTE, 8 * MINUTE)
  const { alerts, fired } = await backTest(request, memoryQueries({ series }))
  const at = (minute: number) => minute * MINUTE
  expect(Object.fromEntries(alerts.map(({ labels, spans }) => [labels.get('i'), spans]))).toEqual({
    fires: [{ state: 'firing', startMs: at(5), endMs: at(8) }],
    pending: [
      { state: 'pending', startMs: at(5), endMs: at(6) },
      { state: 'firing', startMs: at(6), endMs: at(8) },
    ],
    kept: [{ state: 'firing', startMs: at(5), endMs: at(7) }],
  })
  expect(fired).toBe(3)
})

test('failures before the start are not told', async () => {
  const rule = ruleOf({ alert: 'Twice', expr: 'load * on () load > 0', for: '5m' })
  const series = [
    minutely({ __name__: 'load', i: 'a' }, Array(20).fill(1)),
    {
      labels: { __name__: 'load', i: 'b' },
      samples: [
        [6 * MINUTE, 1],
        [8 * MINUTE, undefined],
      ] as const,
    },
  ]
  const { failures, alerts } = await backTest(requestOf(rule, 10 * MINUTE, 19 * MINUTE), memoryQueries({ series }))
  expect(failures).toEqual([])
  expect(alerts[0]?.spans).toEqual([{ state: 'firing', startMs: 10 * MINUTE, endMs: 19 * MINUTE }])
})

test('templates may ask so many queries, and no more', async () => {
  const series = Array.from({ length: 60 }, (_, i) => minutely({ __name__: 'load', i: `${i}` }, Array(100).fill(6)))
  const text = '{{ range query (printf "load{i=%q}" $labels.i) }}{{ .Value }}{{ end }}'
  const request = (body: Partial<RuleBody>) =>
    requestOf(ruleOf({ alert: 'High', expr: 'load > 5', ...body }), 0, 99 * MINUTE)
  const queries = memoryQueries({ series })
  const { alerts } = await backTest(request({ annotations: { text } }), queries)
  expect(new Set(alerts.map(({ annotations }) => annotations.get('text')))).toEqual(new Set(['6']))
  expect(queries.asked.instant).toBe(60)
  await expect(backTest(request({ labels: { text } }), queries)).rejects.toThrow('ask more than 5,000 queries')
})

test('a store that does not answer templates ends the test; a query that fails is told in its place', async () => {
  const series = [minutely({ __name__: 'load' }, [6, 6])]
  const request = (query: string) =>
    requestOf(ruleOf({ alert: 'High', expr: 'load > 5', labels: { n: `{{ query "${query}" }}` } }), 0, MINUTE)
  const { alerts } = await backTest(request('load * on ('), memoryQueries({ series }))
  expect(alerts[0]?.labels.get('n')).toContain('<error expanding template: ')
  const gone = new Error('the client is gone')
  const queries = { ...memoryQueries({ series }), instant: () => Promise.reject(gone) }
  await expect(backTest(request('load'), queries)).rejects.toBe(gone)
})
