import type { BackTestResult } from '../../alerting/back-test/back-test.ts'
import type { RecordingBackTestResult } from '../../alerting/back-test/recording-back-test.ts'
import { readRule } from '../../alerting/rules/rule-body.ts'
import { GirokError } from '../../model/errors.ts'
import type { RuleLanguage } from '../../model/rules.ts'
import type { BackTestResponse } from '../contract.ts'
import { objectOf, textsOf } from '../json-body.ts'
import { json, type RouteFamily } from '../route.ts'
import { refuseOthers } from '../ruler.ts'
import { languageOf } from './alerting-rules.ts'

const DEFAULT_INTERVAL_MS = 60_000
/** Alerts, series and failures that are told one by one. */
const MOST_ALERTS = 500
const MOST_SERIES = 500
const MOST_FAILURES = 20

/** What a rule would have done over past data: nothing is kept and nobody is told. */
export const alertingBackTest: RouteFamily = ({ rules }) => [
  {
    methods: ['POST'],
    path: '/girok/v1/alerting/backtest',
    scope: 'query',
    errors: 'json',
    handle: async (request) => {
      refuseOthers(request, rules.tenant)
      const body = objectOf(request.body)
      const rule = ruleOf(body.rule, languageOf(body.language))
      const intervalMs = body.intervalMs === undefined ? DEFAULT_INTERVAL_MS : timeOf(body, 'intervalMs')
      if (intervalMs < 1000 || intervalMs % 1000 !== 0) {
        throw new GirokError('bad_request', 'intervalMs must be whole seconds: at least 1000')
      }
      const [startMs, endMs] = [timeOf(body, 'startMs'), timeOf(body, 'endMs')]
      const group = {
        labels: textsOf(body, 'groupLabels') ?? new Map(),
        limit: limitOf(body),
        queryOffsetMs: body.queryOffsetMs === undefined ? undefined : timeOf(body, 'queryOffsetMs'),
      }
      return json(shown(await rules.backTest({ rule, group, startMs, endMs, intervalMs }, request.signal)))
    },
  },
]

function ruleOf(value: unknown, language: RuleLanguage) {
  const { rule, problems } = readRule(value, language)
  if (rule !== undefined && problems.length === 0) return rule
  throw new GirokError('bad_request', problems.join('\n') || 'rule: must be a rule with alert or record')
}

function limitOf({ limit = 0 }: Readonly<Record<string, unknown>>): number {
  if (Number.isSafeInteger(limit) && (limit as number) >= 0) return limit as number
  throw new GirokError('bad_request', 'limit must be a whole number from 0')
}

function timeOf(body: Readonly<Record<string, unknown>>, name: string): number {
  const value = body[name]
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  throw new GirokError('bad_request', `${name} must be a whole number of milliseconds`)
}

function shown(result: BackTestResult | RecordingBackTestResult): BackTestResponse {
  const { startMs, intervalMs, count } = result.times
  return {
    startMs,
    endMs: startMs + (count - 1) * intervalMs,
    intervalMs,
    evaluations: count,
    ...(result.kind === 'alerting' ? shownAlerts(result) : shownSeries(result)),
    failures: {
      count: result.failures.length,
      first: result.failures.slice(0, MOST_FAILURES).map(({ timeMs, message }) => ({ atMs: timeMs, error: message })),
    },
  }
}

type Shown = Omit<BackTestResponse, 'startMs' | 'endMs' | 'intervalMs' | 'evaluations' | 'failures'>

function shownAlerts({ alerts, fired, firingMs, drawn }: BackTestResult): Shown {
  return {
    alerts: alerts.slice(0, MOST_ALERTS).map(({ labels, annotations, spans }) => ({
      labels: Object.fromEntries(labels),
      annotations: Object.fromEntries(annotations),
      spans,
    })),
    alertsFound: alerts.length,
    fired,
    firingMs,
    ...(drawn && { values: shownValues(drawn.series) }),
    ...(drawn?.threshold && { threshold: drawn.threshold }),
  }
}

function shownSeries({ series, samples, drawn }: RecordingBackTestResult): Shown {
  return {
    alerts: [],
    alertsFound: 0,
    fired: 0,
    firingMs: 0,
    values: shownValues(drawn),
    recorded: {
      seriesFound: series.length,
      samples,
      series: series.slice(0, MOST_SERIES).map(({ labels, samples, min, max, mean, last }) => ({
        labels: Object.fromEntries(labels),
        samples,
        min: finite(min),
        mean: finite(mean),
        max: finite(max),
        last: finite(last),
      })),
    },
  }
}

function shownValues(series: RecordingBackTestResult['drawn']): NonNullable<BackTestResponse['values']> {
  return series.map(({ labels, points }) => ({ labels: Object.fromEntries(labels), points }))
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}
