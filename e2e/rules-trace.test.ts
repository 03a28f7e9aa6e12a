/** What Prometheus 3.5.3 made of a script, recorded by e2e/rules-as-prometheus.test.ts: the same rules give the same here. */
import { evaluatePromQL, type PromOptions, resolveDurations, selectorReads } from '@girok/query/promql'
import { expect, test } from 'vitest'
import { AlertMemory } from '../packages/server/src/alerting/alerts/kept-alerts.ts'
import { MemorySeries } from '../packages/server/src/alerting/rule-tests/memory-series.ts'
import { GroupRun } from '../packages/server/src/alerting/rules/group-run.ts'
import type { RuleQuery } from '../packages/server/src/alerting/rules/rule.ts'
import { readRuleFile } from '../packages/server/src/alerting/rules/rule-file.ts'
import { type RuleSample, type RuleValue, ruleValues } from '../packages/server/src/alerting/rules/rule-samples.ts'
import { labelSet } from '../packages/server/src/model/labels.ts'
import { METRIC_NAME } from '../packages/server/src/model/sample-batch.ts'
import { createMemoryState } from '../packages/server/src/store/testing/memory-state.ts'
import {
  EXTERNAL_LABELS,
  ordered,
  RESEND_DELAY_MS,
  RULES,
  type ScenarioOutcome,
  type ScenarioReport,
  STEP_MS,
  STEPS,
  scriptSamples,
  stepOf,
} from './rule-scenario.ts'
import recorded from './traces/prometheus-rules.json' with { type: 'json' }

const OPTIONS: PromOptions = { lookbackMs: 300_000, defaultStepMs: 60_000, maxSamples: 1e6, delayedNameRemoval: false }
const START_MS = 1_000_000_000
/** Evaluations before the first sample. */
const LEAD_STEPS = 4
const LAST_STEP = STEPS - 1

/** Runs the scenario, evaluations a given time after each sample. */
async function play(offsetMs: number): Promise<ScenarioOutcome> {
  const store = new MemorySeries()
  const script = scriptSamples(START_MS)
  const reports: ScenarioReport[] = []
  const series: Record<string, (number | null)[]> = {}
  const current = new Map<string, number>()
  let step = 0

  function answer(query: RuleQuery, timeMs: number): readonly RuleValue[] {
    if (query.language !== 'promql') throw new Error('not PromQL')
    const grid = { startMs: timeMs, stepMs: 1, count: 1 }
    const tree = resolveDurations(query.tree, { stepMs: 0, rangeMs: 0 })
    const data = new Map(selectorReads(tree, grid, OPTIONS).map((read) => [read.selector, store.read(read)] as const))
    return ruleValues(evaluatePromQL(tree, grid, OPTIONS, data).value) ?? []
  }

  function write(samples: readonly RuleSample[], timeMs: number): void {
    for (const { labels, value } of samples) {
      store.add(labels, timeMs, value)
      const isTime = labels.get(METRIC_NAME) === 'ALERTS_FOR_STATE'
      const key = JSON.stringify(Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1))))
      if (value === undefined) current.delete(key)
      else current.set(key, isTime ? stepOf(START_MS, value * 1000) : value)
    }
  }

  /** What a query would find: the last value of each series that has not ended. */
  function look(): void {
    if (step < 0 || step >= LAST_STEP) return
    for (const [key, value] of current) {
      series[key] ??= Array.from({ length: LAST_STEP }, () => null)
      series[key][step] = value
    }
  }

  const { groups, problems } = readRuleFile(RULES, 'rules.yml', 'promql')
  expect(problems).toEqual([])
  const [group] = groups
  if (group === undefined) throw new Error('no group')
  const run = new GroupRun(group, {
    queries: async () => ({ instant: async (query, timeMs) => answer(query, timeMs), range: async () => [] }),
    write: async (samples, timeMs) => write(samples, timeMs),
    alerts: {
      memory: new AlertMemory(
        createMemoryState(() => 0),
        'default',
      ),
      report(alerts) {
        if (step >= LAST_STEP) return
        const nowMs = START_MS + step * STEP_MS + offsetMs
        for (const { labels, annotations, startsAtMs = 0, endsAtMs = 0 } of alerts) {
          const resolved = endsAtMs <= nowMs
          reports.push({
            labels: Object.fromEntries(labels),
            annotations: Object.fromEntries(annotations),
            startsAt: stepOf(START_MS, startsAtMs),
            at: resolved ? stepOf(START_MS, endsAtMs) : step,
            resolved,
          })
        }
      },
      history: () => undefined,
      notKept: (error) => {
        throw error
      },
      externalLabels: new Map(Object.entries(EXTERNAL_LABELS)),
      externalUrl: () => 'http://girok',
      resendDelayMs: RESEND_DELAY_MS,
    },
    intervalMs: 60_000,
    queryOffsetMs: 0,
    now: () => 0,
    fault: () => undefined,
  })
  for (step = -LEAD_STEPS; step < STEPS; step++) {
    const sampleMs = START_MS + step * STEP_MS
    for (const { labels, samples } of script) {
      const sample = samples.find(([ms]) => ms === sampleMs)
      if (sample !== undefined) store.add(labelSet(Object.entries(labels)), sampleMs, sample[1])
    }
    await run.evaluate(sampleMs + offsetMs, new AbortController().signal)
    look()
  }
  const alerts = run
    .view()
    .rules.flatMap(({ alerts: ofRule = [] }) =>
      ofRule.map(({ labels, state, activeAtMs, keptFiringSinceMs, value }) =>
        JSON.stringify([
          [...labels].sort(),
          state,
          stepOf(START_MS, activeAtMs),
          keptFiringSinceMs === undefined ? null : stepOf(START_MS, keptFiringSinceMs),
          value,
        ]),
      ),
    )
  return { reports: ordered(reports), series, alerts: alerts.sort() }
}

const theirs = recorded as ScenarioOutcome

test.each([0, 1, 700, 1_999])(
  'the same series, reports and alerts, evaluated %d ms after each sample',
  async (offsetMs) => {
    const own = await play(offsetMs)
    expect(own.series).toEqual(theirs.series)
    expect(own.reports).toEqual(theirs.reports)
    const withNumbers = theirs.alerts.map((text) => {
      const alert = JSON.parse(text)
      return JSON.stringify([...alert.slice(0, -1), Number(alert.at(-1))])
    })
    expect(own.alerts).toEqual(withNumbers)
  },
)
