/** Back-tests against the rule that is evaluated tick by tick. */
import type { LogRow } from '@girok/query'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { labelsText } from '../../model/labels.ts'
import type { RuleBody } from '../../model/rules.ts'
import { type Alert, nextAlerts } from '../alerts/alert-state.ts'
import { withTemplateQueries } from '../alerts/expand-with-queries.ts'
import type { AlertingRule } from '../rules/rule.ts'
import { answerRule } from '../rules/rule-answer.ts'
import { type BackTestResult, backTest } from './back-test.ts'
import { type BackTestRequest, warmUpEvaluations } from './request.ts'
import { type MemoryData, memoryQueries } from './testing/memory-queries.ts'
import { MINUTE, requestOf, ruleOf } from './testing/requests.ts'

type States = Record<string, Record<string, string>>

/**
 * States by time and alert, as the rule gives them tick by tick from `fromMs` on; those of the last time are no span any
 * more. Failures are those of all ticks.
 */
async function tickByTick(
  { rule, group, startMs, endMs, intervalMs, externalLabels, externalUrl }: BackTestRequest<AlertingRule>,
  data: MemoryData,
  fromMs: number,
): Promise<{ states: States; annotations: Record<string, unknown>; failures: number }> {
  const queries = memoryQueries(data)
  const states: States = {}
  const annotations: Record<string, unknown> = {}
  let failures = 0
  let alerts: ReadonlyMap<string, Alert> = new Map()
  for (let timeMs = fromMs; timeMs <= endMs; timeMs += intervalMs) {
    try {
      const { values, holding } = await answerRule(rule, timeMs - group.queryOffsetMs, queries)
      alerts = await withTemplateQueries(
        rule.query.language,
        { externalLabels, externalUrl, nowMs: timeMs, ruleName: rule.name },
        (query) => queries.instant(query, timeMs),
        (expand) => nextAlerts(rule, group.labels, group.limit, alerts, values, timeMs, expand, holding),
      )
    } catch {
      failures++
    }
    if (timeMs < startMs) continue
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

/** Where the ticks of a back-test begin. */
function firstTick(request: BackTestRequest): number {
  return request.startMs - warmUpEvaluations(request) * request.intervalMs
}

/** The same of a back-test's spans. */
function told({ alerts, times }: BackTestResult) {
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
  return { states, annotations }
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
  {
    alert: 'Asks',
    expr: 'load > 2',
    for: '2m',
    labels: { instances: '{{ range query "count(load)" }}{{ .Value }}{{ end }}' },
  },
  // The instance is known only when the query is answered: until then both alerts seem to be the same.
  {
    alert: 'Named',
    expr: 'load > 3',
    labels: {
      instance:
        '{{ with query (printf "load{instance=%q}" $labels.instance) }}{{ . | first | label "instance" }}{{ end }}',
    },
    keep_firing_for: '2m',
  },
  // Fails whenever both instances are there.
  { alert: 'Fails', expr: 'load * on (job) load > 9', for: '1m' },
  // What looks at the end of its query.
  { alert: 'AtEnd', expr: 'load @ end() > 5' },
]

/** Random samples of two instances. */
function instances() {
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
  const labels = { __name__: 'load', job: 'j' }
  return fc.record({ a: samples, b: samples }).map(({ a, b }) => ({
    series: [
      { labels: { ...labels, instance: 'a' }, samples: a },
      { labels: { ...labels, instance: 'b' }, samples: b },
    ],
  }))
}

const ANNOTATIONS = {
  summary: '{{ $labels.instance }} {{ $value }} {{ range query "sum(load)" }}{{ .Value }}{{ end }}',
}

test('is what the rule would have done tick by tick, whatever the data', async () => {
  const group = fc.record({
    limit: fc.constantFrom(0, 0, 1, 2),
    queryOffsetMs: fc.constantFrom(0, 0, 30_000, 90_000),
  })
  const times = fc.record({
    intervalMs: fc.constantFrom(15_000, 60_000, 90_000, 7_000),
    startMs: fc.constantFrom(60_000, 400_000),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...BODIES),
      instances(),
      group,
      times,
      async (body, memory, group, { intervalMs, startMs }) => {
        const rule = ruleOf({ ...body, annotations: ANNOTATIONS })
        const request = requestOf(rule, startMs, startMs + 80 * intervalMs, intervalMs, group)
        const { failures, ...expected } = await tickByTick(request, memory, firstTick(request))
        if (failures >= 50) return
        expect(told(await backTest(request, memoryQueries(memory)))).toEqual(expected)
      },
    ),
    { numRuns: 150 },
  )
})

test('states at the start are those of a rule that has always run', async () => {
  const bodies: readonly RuleBody[] = [
    { alert: 'High', expr: 'load > 5' },
    { alert: 'High', expr: 'load > 3', for: '3m' },
    { alert: 'Mean', expr: 'load', condition: 'avg() > 4', over: '4m', for: '90s' },
    { alert: 'Held', expr: 'load > 6', keep_firing_while: 'load > 1' },
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...bodies),
      instances(),
      fc.integer({ min: 0, max: 60 }),
      async (body, memory, at) => {
        const request = requestOf(ruleOf(body), at * 15_000, 80 * 15_000, 15_000)
        const { states } = await tickByTick(request, memory, 0)
        expect(told(await backTest(request, memoryQueries(memory))).states).toEqual(states)
      },
    ),
    { numRuns: 80 },
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
      const { failures, ...expected } = await tickByTick(request, { rows }, firstTick(request))
      expect(failures).toBe(0)
      expect(told(await backTest(request, memoryQueries({ rows })))).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})
