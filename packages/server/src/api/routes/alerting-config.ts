import type { RouteNode } from '../../alerting/alertmanager/config/alertmanager-config.ts'
import { printMatcher } from '../../alerting/alertmanager/matchers/print-matcher.ts'
import { explainRoutes } from '../../alerting/alertmanager/routes/explain.ts'
import { GirokError } from '../../model/errors.ts'
import { alertingRoutes } from '../alerting/alerting-routes.ts'
import type { AlertingConfigResponse, RouteShown, RoutesResponse, RouteTestResponse } from '../contract.ts'
import { objectOf, textOf, textsOf, versionOf } from '../json-body.ts'
import { json, type RouteFamily } from '../route.ts'

/** The configuration of the Alertmanager inside, its routes, and where an alert would go. */
export const alertingConfig: RouteFamily = (context) =>
  alertingRoutes(context, [
    {
      method: 'GET',
      path: '/config',
      handle(_, { configuration }) {
        const { origin, file, version, yaml } = configuration.current()
        return json({
          origin,
          ...(file !== undefined && { file }),
          version,
          yaml,
        } satisfies AlertingConfigResponse)
      },
    },
    {
      method: 'PUT',
      path: '/config',
      async handle({ body }, { configuration }) {
        const given = objectOf(body)
        await configuration.replace(textOf(given, 'yaml'), versionOf(given.version, 'the configuration'))
        return { status: 204 }
      },
    },
    {
      method: 'GET',
      path: '/routes',
      handle: (_, { alertmanager }) => json({ root: shown(alertmanager.config().route) } satisfies RoutesResponse),
    },
    {
      method: 'POST',
      path: '/routes/test',
      handle({ body }, { alertmanager }) {
        const given = objectOf(body)
        const labels = textsOf(given, 'labels')
        if (labels === undefined) throw new GirokError('bad_request', 'labels is missing: {"severity": "critical"}')
        const atMs = given.at === undefined ? context.now() : timeOf(given.at)
        const { silencedBy, inhibitedBy } = alertmanager.quietedBy(labels, atMs)
        return json({
          routes: explainRoutes(alertmanager.config(), labels, atMs).map(
            ({ route, path, groupLabels, groupKey, mutedBy, firstNotificationMs }) => ({
              path,
              receiver: route.receiver,
              groupBy: route.groupBy === 'all' ? ['...'] : route.groupBy,
              groupLabels: Object.fromEntries(groupLabels),
              groupKey,
              groupWaitMs: route.groupWaitMs,
              groupIntervalMs: route.groupIntervalMs,
              repeatIntervalMs: route.repeatIntervalMs,
              mutedBy,
              ...(firstNotificationMs !== undefined && {
                firstNotification: new Date(firstNotificationMs).toISOString(),
              }),
            }),
          ),
          silencedBy,
          inhibitedBy,
        } satisfies RouteTestResponse)
      },
    },
  ])

function shown(route: RouteNode): RouteShown {
  return {
    id: route.id,
    receiver: route.receiver,
    matchers: route.matchers.map(printMatcher),
    continue: route.continues,
    groupBy: route.groupBy === 'all' ? ['...'] : route.groupBy,
    groupWaitMs: route.groupWaitMs,
    groupIntervalMs: route.groupIntervalMs,
    repeatIntervalMs: route.repeatIntervalMs,
    muteTimeIntervals: route.muteTimeIntervals,
    activeTimeIntervals: route.activeTimeIntervals,
    routes: route.routes.map(shown),
  }
}

function timeOf(value: unknown): number {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (!Number.isNaN(ms)) return ms
  throw new GirokError('bad_request', 'at must be a time such as 2026-01-31T12:00:00Z')
}
