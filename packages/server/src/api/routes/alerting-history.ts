import {
  ALERT_CHANGES,
  type AlertChangeEntry,
  EVALUATIONS,
  type EvaluationEntry,
  NOTIFICATIONS,
  type NotificationEntry,
} from '../../alerting/alertmanager/alertmanager.ts'
import { alertingRoutes } from '../alerting/alerting-routes.ts'
import { changesWanted, notificationsWanted } from '../alerting/journal-filters.ts'
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
        const selection = { kind: EVALUATIONS, subject: path.id ?? '' }
        const { entries, older } = await journalPage<EvaluationEntry>(context, tenant, selection, params)
        return json({
          evaluations: entries.map(({ at, body }) => ({ at, ...body })),
          ...(older !== undefined && { older }),
        } satisfies EvaluationsResponse)
      },
    },
    {
      method: 'GET',
      path: '/history',
      async handle({ params }, { tenant }) {
        const subject = params.get('fingerprint') ?? undefined
        const selection = { kind: ALERT_CHANGES, subject, wanted: changesWanted(params) }
        const { entries, older } = await journalPage<AlertChangeEntry>(context, tenant, selection, params)
        return json({
          changes: entries.map(({ at, subject: fingerprint, body: { change, labels, by, comment } }) => ({
            at,
            fingerprint,
            change,
            labels,
            ...(by !== undefined && { by }),
            ...(comment !== undefined && { comment }),
          })),
          ...(older !== undefined && { older }),
        } satisfies AlertHistoryResponse)
      },
    },
    {
      method: 'GET',
      path: '/notifications',
      async handle({ params }, { tenant }) {
        const subject = params.get('receiver') || undefined
        const selection = { kind: NOTIFICATIONS, subject, wanted: notificationsWanted(params) }
        const { entries, older } = await journalPage<NotificationEntry>(context, tenant, selection, params)
        return json({
          notifications: entries.map(({ at, subject: receiver, body: { firing, resolved, ...entry } }) => ({
            at,
            receiver,
            ...entry,
          })),
          ...(older !== undefined && { older }),
        } satisfies NotificationsResponse)
      },
    },
  ])
