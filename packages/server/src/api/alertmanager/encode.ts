import type { ListedAlert, ListedGroup } from '../../alerting/alertmanager/alertmanager.ts'
import type { Silence } from '../../alerting/alertmanager/silences/silences.ts'
import { receiverLabels } from './filters.ts'

/*
 * Alertmanager's JSON: fields in its order, the names of label sets by bytes. Fields of Girok's own are only there where
 * they say something.
 */

/** @param isInGroup time intervals mute groups: an alert outside of one tells of none */
export function encodeAlert(alert: ListedAlert, isInGroup = false): unknown {
  const { status, generatorUrl } = alert
  const mutedBy = isInGroup ? status.mutedBy : []
  return {
    annotations: labelSet(alert.annotations),
    endsAt: time(alert.endsAtMs),
    fingerprint: alert.fingerprint,
    receivers: alert.receivers.map((name) => ({ name })),
    startsAt: time(alert.startsAtMs),
    status: {
      inhibitedBy: status.inhibitedBy,
      mutedBy,
      silencedBy: status.silencedBy,
      state: mutedBy.length > 0 ? 'suppressed' : status.state,
      ...(status.acknowledgedBy !== undefined && { acknowledgedBy: status.acknowledgedBy }),
    },
    updatedAt: time(alert.updatedAtMs),
    ...(generatorUrl !== '' && { generatorURL: generatorUrl }),
    labels: labelSet(alert.labels),
  }
}

export function encodeGroup({ alerts, labels, receiver }: ListedGroup): unknown {
  return {
    alerts: alerts.map((alert) => encodeAlert(alert, true)),
    labels: labelSet(labels),
    receiver: { name: receiver },
  }
}

export function encodeReceiver(name: string): unknown {
  return { labels: labelSet(receiverLabels(name)), name }
}

export function encodeSilence(silence: Silence): unknown {
  const { annotations, recurrence, notifyResolved } = silence
  return {
    id: silence.id,
    status: { state: silence.state },
    updatedAt: time(silence.updatedAtMs),
    ...(annotations !== undefined && annotations.size > 0 && { annotations: labelSet(annotations) }),
    comment: silence.comment,
    createdBy: silence.createdBy,
    endsAt: time(silence.endsAtMs),
    matchers: silence.matchers.map(({ name, op, value }) => ({
      isEqual: op === '=' || op === '=~',
      isRegex: op === '=~' || op === '!~',
      name,
      value,
    })),
    startsAt: time(silence.startsAtMs),
    ...(recurrence !== undefined && { recurrence }),
    ...(notifyResolved !== undefined && { notifyResolved }),
  }
}

function labelSet(labels: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function time(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
