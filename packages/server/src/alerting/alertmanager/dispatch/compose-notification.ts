import type { Notification, NotificationReason, NotifiedAlert } from '../../../notify/notification.ts'
import type { Flush, FlushedAlert } from './flush.ts'

/** The notification of some alerts of a flush; at least one. */
export function composeNotification(
  flush: Flush,
  alerts: readonly FlushedAlert[],
  reason: NotificationReason,
  externalUrl: string,
): Notification {
  return {
    receiver: flush.route.receiver,
    groupKey: flush.groupKey,
    status: alerts.some(({ resolved }) => !resolved) ? 'firing' : 'resolved',
    groupLabels: flush.groupLabels,
    commonLabels: shared(alerts.map(({ alert }) => alert.labels)),
    commonAnnotations: shared(alerts.map(({ alert }) => alert.annotations)),
    routeLabels: flush.route.labels,
    reason,
    alerts: alerts.map(notifiedAlert),
    externalUrl,
    nowMs: flush.nowMs,
  }
}

function notifiedAlert({ alert, resolved }: FlushedAlert): NotifiedAlert {
  return {
    status: resolved ? 'resolved' : 'firing',
    labels: alert.labels,
    annotations: alert.annotations,
    startsAtMs: alert.startsAtMs,
    endsAtMs: resolved ? alert.endsAtMs : undefined,
    generatorUrl: alert.generatorUrl,
    fingerprint: alert.fingerprint,
  }
}

/** What all have with the same value. */
function shared(sets: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, string> {
  const [first, ...others] = sets
  const common = new Map(first)
  for (const set of others) {
    if (common.size === 0) break
    for (const [name, value] of common) if (set.get(name) !== value) common.delete(name)
  }
  return common
}
