import type { Notification, NotifiedAlert } from './notification.ts'

/** A notification with its first alerts alone, as if there were no others, and how many were left out. 0: as many as there are. */
export function firstAlerts(notification: Notification, most: number): { notification: Notification; leftOut: number } {
  const leftOut = most === 0 ? 0 : Math.max(0, notification.alerts.length - most)
  if (leftOut === 0) return { notification, leftOut }
  const alerts = notification.alerts.slice(0, most)
  return {
    notification: {
      ...notification,
      alerts,
      status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
      commonLabels: shared(alerts, ({ labels }) => labels),
      commonAnnotations: shared(alerts, ({ annotations }) => annotations),
    },
    leftOut,
  }
}

function shared(
  alerts: readonly NotifiedAlert[],
  valuesOf: (alert: NotifiedAlert) => ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const [first, ...others] = alerts.map(valuesOf)
  return new Map([...(first ?? [])].filter(([name, value]) => others.every((values) => values.get(name) === value)))
}
