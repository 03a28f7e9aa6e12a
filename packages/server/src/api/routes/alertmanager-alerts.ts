import { alertmanagerRoutes, answer } from '../alertmanager/answer.ts'
import { encodeAlert, encodeGroup } from '../alertmanager/encode.ts'
import { filterOf, flagOf, receiverTests } from '../alertmanager/filters.ts'
import { postedAlerts } from '../alertmanager/posted-alerts.ts'
import type { RouteFamily } from '../route.ts'

/**
 * Alerts as Alertmanager takes and tells them. Reading needs the scope `query`. Sending alerts is what programs do that
 * also send samples: it needs `ingest`.
 */
export const alertmanagerAlerts: RouteFamily = (context) =>
  alertmanagerRoutes(context, [
    {
      method: 'GET',
      path: 'alerts',
      scope: 'query',
      handle: ({ params }, alertmanager) => {
        const tests = receiverTests(params)
        const found = alertmanager
          .alerts(filtersOf(params))
          .filter(({ receivers }) => tests.every((test) => receivers.some(test)))
        return answer(found.map((alert) => encodeAlert(alert)))
      },
    },
    {
      method: 'POST',
      path: 'alerts',
      scope: 'ingest',
      handle: async (request, alertmanager) => {
        const { alerts, faults } = postedAlerts(request, context.now(), alertmanager.config().resolveTimeoutMs)
        if (alerts.length > 0) await alertmanager.report(alerts)
        return faults.length > 0 ? answer(faults.join('\n'), 400) : { status: 200 }
      },
    },
    {
      method: 'GET',
      path: 'alerts/groups',
      scope: 'query',
      handle: ({ params }, alertmanager) => {
        const tests = receiverTests(params)
        const groups = alertmanager.groups({
          ...filtersOf(params),
          muted: flagOf(params, 'muted'),
          routeFilter: ({ receiver }) => tests.every((test) => test(receiver)),
        })
        return answer(groups.map(encodeGroup))
      },
    },
  ])

function filtersOf(params: URLSearchParams) {
  return {
    active: flagOf(params, 'active'),
    silenced: flagOf(params, 'silenced'),
    inhibited: flagOf(params, 'inhibited'),
    matchers: filterOf(params),
  }
}
