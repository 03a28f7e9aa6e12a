import type { BackTestResult } from '../../alerting/back-test/back-test.ts'
import { readRule } from '../../alerting/rules/rule-body.ts'
import { GirokError } from '../../model/errors.ts'
import type { RuleLanguage } from '../../model/rules.ts'
import type { BackTestResponse } from '../contract.ts'
import { objectOf, textsOf } from '../json-body.ts'
import { json, type RouteFamily } from '../route.ts'
import { refuseOthers } from '../ruler.ts'
import { languageOf } from './alerting-rules.ts'

const DEFAULT_INTERVAL_MS = 60_000
/** Alerts and failures that are told one by one. */
const MOST_ALERTS = 500
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
      const asked = { rule, groupLabels: textsOf(body, 'groupLabels') ?? new Map(), startMs, endMs, intervalMs }
      return json(shown(await rules.backTest(asked, request.signal)))
    },
  },
]

function ruleOf(value: unknown, language: RuleLanguage) {
  const { rule, problems } = readRule(value, language)
  if (problems.length > 0) throw new GirokError('bad_request', problems.join('\n'))
  if (rule?.kind === 'alerting') return rule
  throw new GirokError('bad_request', 'rule: a back-test is of a rule with alert: this one records')
}

function timeOf(body: Readonly<Record<string, unknown>>, name: string): number {
  const value = body[name]
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  throw new GirokError('bad_request', `${name} must be a whole number of milliseconds`)
}

function shown({ times, alerts, fired, firingMs, failures, drawn }: BackTestResult): BackTestResponse {
  const { startMs, intervalMs, count } = times
  return {
    startMs,
    endMs: startMs + (count - 1) * intervalMs,
    intervalMs,
    evaluations: count,
    alerts: alerts.slice(0, MOST_ALERTS).map(({ labels, annotations, spans }) => ({
      labels: Object.fromEntries(labels),
      annotations: Object.fromEntries(annotations),
      spans,
    })),
    alertsFound: alerts.length,
    fired,
    firingMs,
    failures: {
      count: failures.length,
      first: failures.slice(0, MOST_FAILURES).map(({ timeMs, message }) => ({ atMs: timeMs, error: message })),
    },
    ...(drawn && {
      values: drawn.series.map(({ labels, points }) => ({ labels: Object.fromEntries(labels), points })),
    }),
    ...(drawn?.threshold && { threshold: drawn.threshold }),
  }
}
