import { matchesSelector } from '@girok/query'
import { prometheusRoutes, success } from '../prometheus/answer.ts'
import { matchersOf } from '../prometheus/matchers.ts'
import { ruleFilterOf, ruleList } from '../prometheus/rule-list.ts'
import type { RouteFamily } from '../route.ts'

/** The rules in force as Prometheus tells of them. Alerts come from rules that are not evaluated yet: there are none. */
export const prometheusRules: RouteFamily = ({ rules }) => [
  ...prometheusRoutes(['GET'], 'rules', async ({ params, tenant }) => {
    const selectors = (await matchersOf(params)).map((matchers) =>
      matchesSelector({ matchers, at: { start: 0, end: 0 } }),
    )
    const matches =
      selectors.length === 0 ? undefined : (labels: ReadonlyMap<string, string>) => selectors.some((one) => one(labels))
    const groups = tenant === rules.tenant ? rules.book.groups() : []
    return success(ruleList(groups, ruleFilterOf(params, matches), params))
  }),
  ...prometheusRoutes(['GET'], 'alerts', () => success({ alerts: [] })),
  ...prometheusRoutes(['GET'], 'alertmanagers', () => success({ activeAlertmanagers: [], droppedAlertmanagers: [] })),
]
