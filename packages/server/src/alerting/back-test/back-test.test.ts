import type { LogRow } from '@girok/query'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { labelsText } from '../../model/labels.ts'
import type { RuleBody, RuleLanguage } from '../../model/rules.ts'
import { type Alert, nextAlerts } from '../alerts/alert-state.ts'
import { expandTemplates } from '../alerts/expand.ts'
import type { AlertingRule } from '../rules/rule.ts'
import { answerRule } from '../rules/rule-answer.ts'
import { readRule } from '../rules/rule-body.ts'
import { type BackTestRequest, type BackTestResult, backTest } from './back-test.ts'
import { type MemoryData, memoryQueries } from './testing/memory-queries.ts'

const MINUTE = 60_000

function ruleOf(body: RuleBody, language: RuleLanguage = 'promql'): AlertingRule {
  const { rule, problems } = readRule(body, language)
  expect(problems).toEqual([])
  if (rule?.kind !== 'alerting') throw new Error('not an alerting rule')
  return rule
}

function requestOf(rule: AlertingRule, startMs: number, endMs: number, intervalMs = MINUTE): BackTestRequest {
  const groupLabels = new Map([['team', 'ml']])
  return { rule, groupLabels, startMs, endMs, intervalMs, externalLabels: new Map(), externalUrl: 'http://girok' }
}

type States = Record<string, Record<string, string>>

/** States by time and alert, as the rule gives them tick by tick; those of the last time are no span any more. */
async function tickByTick(
  { rule, groupLabels, startMs, endMs, intervalMs, externalLabels, externalUrl }: BackTestRequest,
  data: MemoryData,
): Promise<{ states: States; annotations: Record<string, unknown>; failures: number }> {
  const queries = memoryQueries(data)
  const states: States = {}
  const annotations: Record<string, unknown> = {}
  let failures = 0
  let alerts: ReadonlyMap<string, Alert> = new Map()
  for (let timeMs = startMs; timeMs <= endMs; timeMs += intervalMs) {
    const scope = { externalLabels, externalUrl, nowMs: timeMs, query: () => [] }
    try {
      const { values, holding } = await answerRule(rule, timeMs, queries)
      const expand: Parameters<typeof nextAlerts>[6] = (templates, value) => expandTemplates(templates, value, scope)
      alerts = nextAlerts(rule, groupLabels, 0, alerts, values, timeMs, expand, holding)
    } catch {
      failures++
    }
    for (const [key, { state, annotations: texts }] of alerts) {
      if (state === 'inactive') continue
      const times = states[key] ?? {}
      states[key] = times
      if (timeMs + intervalMs <= endMs) times[timeMs] = state
      annotations[key] = Object.fromEntries(texts)
    }
  }
  return { states, annotations, failures }
}

/** The same of a back-test's spans. */
function told({ alerts, times, failures }: BackTestResult) {
  const states: States = {}
  const annotations: Record<string, unknown> = {}
  for (const { labels, annotations: texts, spans } of alerts) {
    const byTime: Record<string, string> = {}
    for (const { state, startMs, endMs } of spans) {
      for (let at = startMs; at < endMs; at += times.intervalMs) byTime[at] = state
    }
    states[labelsText(labels)] = byTime
    annotations[labelsText(labels)] = Object.fromEntries(texts)
  }
  return { states, annotations, failures: failures.length }
}

const BODIES: readonly RuleBody[] = [
  { alert: 'High', expr: 'load > 5' },
  { alert: 'High', expr: 'load > 5', for: '3m', keep_firing_for: '2m' },
  { alert: 'Rate', expr: 'rate(load[5m]) * 60 > 0.5', for: '1m' },
  { alert: 'Mean', expr: 'load', condition: 'avg() > 4', over: '4m' },
  { alert: 'Odd', expr: 'load', condition: 'diff() IS OUTSIDE -3 TO 3', over: '7m', for: '2m' },
  { alert: 'Held', expr: 'load > 6', keep_firing_while: 'load > 3' },
  { alert: 'HeldMean', expr: 'load', condition: 'max() > 7', over: '90s', keep_firing_while: 'load > 2', for: '1m' },
  { alert: 'Absent', expr: 'absent(load{instance="a"})' },
  {
    alert: 'Sum',
    expr: 'sum by (job) (load) > 8',
    labels: { severity: '{{ if gt $value 12.0 }}page{{ else }}mail{{ end }}' },
  },
  // Fails whenever both instances are there.
  { alert: 'Fails', expr: 'load * on (job) load > 9', for: '1m' },
  // What looks at the end of its query.
  { alert: 'AtEnd', expr: 'load @ end() > 5' },
]

test('is what the rule would have done tick by tick, whatever the data', async () => {
  const value = fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined, freq: 8 })
  const samples = fc
    .array(fc.record({ gap: fc.integer({ min: 1, max: 8 }), value }), { maxLength: 40 })
    .map((steps) => {
      let timeMs = 0
      return steps.map(({ gap, value: one }) => {
        timeMs += gap * 30_000
        return [timeMs, one] as const
      })
    })
  const data = fc.record({ a: samples, b: samples, intervalMs: fc.constantFrom(15_000, 60_000, 90_000, 7_000) })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...BODIES), data, async (body, { a, b, intervalMs }) => {
      const rule = ruleOf({ ...body, annotations: { summary: '{{ $labels.instance }} {{ $value }}' } })
      const request = requestOf(rule, 60_000, 60_000 + 80 * intervalMs, intervalMs)
      const labels = { __name__: 'load', job: 'j' }
      const memory = {
        series: [
          { labels: { ...labels, instance: 'a' }, samples: a },
          { labels: { ...labels, instance: 'b' }, samples: b },
        ],
      }
      const expected = await tickByTick(request, memory)
      if (expected.failures >= 50) return
      expect(told(await backTest(request, memoryQueries(memory)))).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})

test('so it is for rules over logs', async () => {
  const lines = fc.array(
    fc.record({
      gap: fc.integer({ min: 0, max: 200 }),
      ms: fc.integer({ min: 0, max: 999 }),
      app: fc.constantFrom('a', 'b'),
    }),
    { maxLength: 60 },
  )
  const bodies: readonly RuleBody[] = [
    { alert: 'Errors', expr: 'sum by (app) (count_over_time({job="x"} |= "ms" [2m])) > 2', for: '1m' },
    {
      alert: 'Slow',
      expr: 'avg_over_time({job="x"} | json | unwrap ms [5m]) by (app)',
      condition: 'WHEN last() > 500',
      over: '3m',
    },
    { alert: 'Top', expr: 'topk(1, sum by (app) (count_over_time({job="x"}[5m]))) > 1' },
  ]
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...bodies), lines, async (body, given) => {
      const streams = new Map(
        ['a', 'b'].map((app) => [
          app,
          new Map([
            ['job', 'x'],
            ['app', app],
          ]),
        ]),
      )
      let seconds = 0
      const secondsLater = (gap: number): bigint => {
        seconds += gap
        return BigInt(seconds) * 1_000_000_000n
      }
      const rows: LogRow[] = given.map(({ gap, ms, app }) => ({
        timeNs: secondsLater(gap),
        stream: streams.get(app) as Map<string, string>,
        metadata: [],
        line: JSON.stringify({ ms }),
      }))
      const request = requestOf(ruleOf(body, 'logql'), 60_000, 60 * MINUTE)
      expect(told(await backTest(request, memoryQueries({ rows })))).toEqual(await tickByTick(request, { rows }))
    }),
    { numRuns: 100 },
  )
})

/** One sample a minute. */
const minutely = (labels: Record<string, string>, values: readonly number[]) => ({
  labels,
  samples: values.map((value, at) => [at * MINUTE, value] as const),
})

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
