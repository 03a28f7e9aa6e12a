import { prometheusRoutes, success } from '../prometheus/answer.ts'
import type { RouteFamily } from '../route.ts'

/** Rules and alerts as Prometheus tells of them; none of them are evaluated yet. */
export const prometheusRules: RouteFamily = () => [
  ...prometheusRoutes(['GET'], 'rules', () => success({ groups: [] })),
  ...prometheusRoutes(['GET'], 'alerts', () => success({ alerts: [] })),
  ...prometheusRoutes(['GET'], 'alertmanagers', () => success({ activeAlertmanagers: [], droppedAlertmanagers: [] })),
]
