import { matchesSelector } from '@girok/query'
import type { RuleGroupView } from '../../model/rules.ts'
import { prometheusRoutes, success } from '../prometheus/answer.ts'
import { matchersOf } from '../prometheus/matchers.ts'
import { alertsAnswer, ruleFilterOf, ruleList, rulesAnswer } from '../prometheus/rule-list.ts'
import type { RouteFamily } from '../route.ts'

/** The rules in force, their alerts, and where these are sent, as Prometheus tells of them. */
export const prometheusRules: RouteFamily = ({ rules, alerting, scraping }) => {
  const groupsOf = (tenant: string): readonly RuleGroupView[] => (tenant === rules.tenant ? rules.book.groups() : [])
  return [
    ...prometheusRoutes(['GET'], 'rules', async ({ params, tenant }) => {
      const selectors = (await matchersOf(params)).map((matchers) =>
        matchesSelector({ matchers, at: { start: 0, end: 0 } }),
      )
      const matches =
        selectors.length === 0
          ? undefined
          : (labels: ReadonlyMap<string, string>) => selectors.some((one) => one(labels))
      return rulesAnswer(ruleList(groupsOf(tenant), ruleFilterOf(params, matches), params))
    }),
    ...prometheusRoutes(['GET'], 'alerts', ({ tenant }) => alertsAnswer(groupsOf(tenant))),
    ...prometheusRoutes(['GET'], 'alertmanagers', ({ tenant }) =>
      success({
        activeAlertmanagers: tenant === alerting.tenant ? alerting.alertmanagers().map(({ url }) => ({ url })) : [],
        droppedAlertmanagers:
          tenant === scraping?.tenant ? scraping.source.alertmanagers().dropped.map((url) => ({ url })) : [],
      }),
    ),
  ]
}
