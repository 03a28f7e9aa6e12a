import { readFileSync } from 'node:fs'
import type { Notification, NotificationReason, NotifiedAlert } from '../notification.ts'

interface WrittenAlert {
  readonly status: 'firing' | 'resolved'
  readonly labels: Record<string, string>
  readonly annotations: Record<string, string>
  readonly startsAtMs: number
  readonly endsAtMs?: number
  readonly generatorUrl: string
  readonly fingerprint: string
}

interface WrittenNotification {
  readonly receiver: string
  readonly groupKey: string
  readonly status: 'firing' | 'resolved'
  readonly groupLabels: Record<string, string>
  readonly commonLabels: Record<string, string>
  readonly commonAnnotations: Record<string, string>
  readonly routeLabels: Record<string, string>
  readonly reason: NotificationReason
  readonly externalUrl: string
  readonly nowMs: number
  readonly alerts: readonly WrittenAlert[]
}

const mapOf = (values: Record<string, string>): Map<string, string> => new Map(Object.entries(values))

function alertOf(written: WrittenAlert): NotifiedAlert {
  return {
    ...written,
    labels: mapOf(written.labels),
    annotations: mapOf(written.annotations),
    endsAtMs: written.endsAtMs,
  }
}

function notificationOf(written: WrittenNotification): Notification {
  return {
    ...written,
    groupLabels: mapOf(written.groupLabels),
    commonLabels: mapOf(written.commonLabels),
    commonAnnotations: mapOf(written.commonAnnotations),
    routeLabels: mapOf(written.routeLabels),
    alerts: written.alerts.map(alertOf),
  }
}

/** Notifications to test with, by name. What other programs made of them stands beside. */
export function readNotifications(): ReadonlyMap<string, Notification> {
  const text = readFileSync(new URL('notifications.json', import.meta.url), 'utf8')
  const written = JSON.parse(text) as Record<string, WrittenNotification>
  return new Map(Object.entries(written).map(([name, one]) => [name, notificationOf(one)]))
}
