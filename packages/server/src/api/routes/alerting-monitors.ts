import { GirokError } from '../../model/errors.ts'
import { alertingRoutes } from '../alerting/alerting-routes.ts'
import type { MonitorsResponse } from '../contract.ts'
import { memberOf } from '../json-body.ts'
import { json, type RouteFamily } from '../route.ts'

/** The functions that watch the live feed. */
export const alertingMonitors: RouteFamily = (context) =>
  alertingRoutes(context, [
    {
      method: 'GET',
      path: '/monitors',
      handle: (_, { monitors }) =>
        json({
          monitors: monitors.list().map(({ selector, lastError, lastAlert, ...monitor }) => ({
            ...monitor,
            ...(selector !== undefined && { selector }),
            ...(lastError !== undefined && { lastError }),
            ...(lastAlert !== undefined && {
              lastAlert: {
                at: new Date(lastAlert.atMs).toISOString(),
                type: lastAlert.alert.type,
                severity: lastAlert.alert.severity,
                message: lastAlert.alert.message,
              },
            }),
          })),
          dropped: monitors.dropped(),
        } satisfies MonitorsResponse),
    },
    {
      method: 'POST',
      path: '/monitors/:name',
      handle({ body, path }, { monitors }) {
        const active = memberOf(body, 'active')
        if (typeof active !== 'boolean') throw new GirokError('bad_request', 'active must be true or false')
        monitors.setActive(path.name ?? '', active)
        return { status: 204 }
      },
    },
  ])
