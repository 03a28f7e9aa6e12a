import {
  ALERT_CHANGES,
  type AlertChangeEntry,
  EVALUATIONS,
  type EvaluationEntry,
  NOTIFICATIONS,
  type NotificationEntry,
} from '../../alerting/alertmanager/alertmanager.ts'
import { alertingRoutes } from '../alerting/alerting-routes.ts'
import { journalPage } from '../alerting/journal-page.ts'
import type { AlertHistoryResponse, EvaluationsResponse, NotificationsResponse } from '../contract.ts'
import { json, type RouteFamily } from '../route.ts'

/** What happened: every evaluation of a rule, every change of an alert, every attempt to notify. */
export const alertingHistory: RouteFamily = (context) =>
  alertingRoutes(context, [
    {
      method: 'GET',
      path: '/rules/:id/evaluations',
      async handle({ params, path }, { tenant }) {
        const rule = path.id ?? ''
        const page = await journalPage<EvaluationEntry>(context, tenant, EVALUATIONS, rule, params)
        return json({ evaluations: page.map(({ at, body }) => ({ at, ...body })) } satisfies EvaluationsResponse)
      },
    },
    {
      method: 'GET',
      path: '/history',
      async handle({ params }, { tenant }) {
        const alert = params.get('fingerprint') ?? undefined
        const page = await journalPage<AlertChangeEntry>(context, tenant, ALERT_CHANGES, alert, params)
        return json({
          changes: page.map(({ at, subject, body: { change, labels, by, comment } }) => ({
            at,
            fingerprint: subject,
            change,
            labels,
            ...(by !== undefined && { by }),
            ...(comment !== undefined && { comment }),
          })),
        } satisfies AlertHistoryResponse)
      },
    },
    {
      method: 'GET',
      path: '/notifications',
      async handle({ params }, { tenant }) {
        const receiver = params.get('receiver') ?? undefined
        const page = await journalPage<NotificationEntry>(context, tenant, NOTIFICATIONS, receiver, params)
        return json({
          notifications: page.map(({ at, subject, body: { firing, resolved, ...entry } }) => ({
            at,
            receiver: subject,
            ...entry,
          })),
        } satisfies NotificationsResponse)
      },
    },
  ])
