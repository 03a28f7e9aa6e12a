import type { RuleGroupView } from '../../model/rules.ts'
import { alertsAnswer, ruleFilterOf, ruleList, rulesAnswer } from '../prometheus/rule-list.ts'
import type { Route, RouteFamily } from '../route.ts'
import { rulerRoutes } from '../ruler.ts'

/** The rules over logs as Loki's ruler tells of them and takes them; the tools of Loki, Cortex and Grafana call these. */
export const lokiRules: RouteFamily = (context) => {
  const { rules } = context
  const groupsOf = (tenant: string): readonly RuleGroupView[] =>
    tenant === rules.tenant ? rules.book.groups().filter(({ language }) => language === 'logql') : []

  const get = (path: string, handle: Route['handle']): Route => ({
    methods: ['GET'],
    path,
    scope: 'query',
    errors: 'text',
    handle,
  })
  return [
    ...rulerRoutes(context, ['/loki/api/v1/rules', '/api/prom/rules'], 'logql'),
    // Those below /prometheus are Prometheus' own.
    get('/loki/prometheus/api/v1/rules', ({ tenant, params }) =>
      rulesAnswer(ruleList(groupsOf(tenant), ruleFilterOf(params, undefined), params), NO_ERROR),
    ),
    get('/loki/prometheus/api/v1/alerts', ({ tenant }) => alertsAnswer(groupsOf(tenant), NO_ERROR)),
  ]
}

/** Loki's envelope has these also where all is well. */
const NO_ERROR = ',"errorType":"","error":""'
