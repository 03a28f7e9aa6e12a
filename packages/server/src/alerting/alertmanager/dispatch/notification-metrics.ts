import type { Counter } from '../../../model/counters.ts'
import type { Gauge, Histogram, Registry } from '../../../telemetry/registry.ts'

/** What the manager counts, by Alertmanager's names behind `girok_`. */
export interface NotificationMetrics {
  /** {integration}: notifications, whatever became of them. */
  readonly notifications: Counter
  /** {integration, reason}: given up, because they were refused, or until the deadline, or when the server stopped. */
  readonly failed: Counter
  /** {integration}: attempts. */
  readonly requests: Counter
  /** {integration} */
  readonly requestsFailed: Counter
  /** {integration}: of attempts. */
  readonly latency: Histogram
  /** {reason}: alerts that were kept quiet. */
  readonly suppressed: Counter
  /** {state} */
  readonly alerts: Gauge
}

const LATENCY_BOUNDS = [0.1, 0.5, 1, 5, 10, 15, 20, 30]

export function createNotificationMetrics(registry: Registry, groups: () => number): NotificationMetrics {
  registry.gauge('girok_alertmanager_dispatcher_aggregation_groups', 'Groups of alerts.', groups)
  return {
    notifications: registry.counter(
      'girok_alertmanager_notifications_total',
      'Notifications to integrations, each counted once however often it was tried.',
    ),
    failed: registry.counter(
      'girok_alertmanager_notifications_failed_total',
      'Notifications that were given up, by reason: refused, deadline, stopped.',
    ),
    requests: registry.counter('girok_alertmanager_notification_requests_total', 'Attempts to notify.'),
    requestsFailed: registry.counter(
      'girok_alertmanager_notification_requests_failed_total',
      'Attempts to notify that failed.',
    ),
    latency: registry.histogram(
      'girok_alertmanager_notification_latency_seconds',
      'How long attempts to notify took.',
      LATENCY_BOUNDS,
    ),
    suppressed: registry.counter(
      'girok_alertmanager_notifications_suppressed_total',
      'Alerts left out of notifications, by reason: silence, inhibition, time_interval.',
    ),
    alerts: registry.settableGauge('girok_alertmanager_alerts', 'Alerts that have not ended, by state.'),
  }
}
