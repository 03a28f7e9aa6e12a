import { compareBytes } from '../../model/text-order.ts'
import type { Acknowledgements } from './acknowledgements/acknowledgements.ts'
import type { AlertFilter, AlertStatus, ListedAlert, ListedGroup } from './alertmanager.ts'
import type { Quiet } from './alerts/alert-history.ts'
import { type HeldAlert, isResolved } from './alerts/held-alert.ts'
import { compareAlerts, compareLabels } from './alerts/label-order.ts'
import type { AlertmanagerConfig, RouteNode } from './config/alertmanager-config.ts'
import type { AlertGroup } from './dispatch/alert-group.ts'
import { matchesAll } from './matchers/matcher.ts'
import { routesOf } from './routes/routes-of.ts'
import { mutedBy } from './time-intervals/muted-by.ts'

export interface ListingSources {
  readonly alerts: Iterable<HeldAlert>
  readonly groups: Iterable<AlertGroup>
  readonly config: AlertmanagerConfig
  readonly acknowledgements: Acknowledgements
  readonly quiet: (alert: HeldAlert) => Quiet
  readonly nowMs: number
}

/** Alerts that have not ended, in order of fingerprint. */
export function listAlerts(sources: ListingSources, filter: AlertFilter): readonly ListedAlert[] {
  const listed: ListedAlert[] = []
  for (const alert of sources.alerts) {
    const receivers = routesOf(sources.config.route, alert.labels).map(({ receiver }) => receiver)
    if (filter.receiver !== undefined && !receivers.some(filter.receiver)) continue
    const status = statusIn(sources, alert, filter, [])
    if (status !== undefined) listed.push(listedAlert(alert, receivers, status))
  }
  return listed.sort((a, b) => compareBytes(a.fingerprint, b.fingerprint))
}

/** Groups with their alerts, by labels and then by contact point. */
export function listGroups(
  sources: ListingSources,
  filter: AlertFilter & { readonly routeFilter?: (route: RouteNode) => boolean },
): readonly ListedGroup[] {
  const { config, nowMs } = sources
  const found: { readonly group: AlertGroup; readonly alerts: readonly (readonly [HeldAlert, AlertStatus])[] }[] = []
  const receivers = new Map<string, string[]>()
  for (const group of sources.groups) {
    const { route } = group
    if (filter.routeFilter?.(route) === false || filter.receiver?.(route.receiver) === false) continue
    const muted = mutedBy(route, config.timeIntervals, nowMs)
    if (filter.muted === false && muted.length > 0) continue
    const alerts: (readonly [HeldAlert, AlertStatus])[] = []
    for (const alert of group.alerts) {
      const status = statusIn(sources, alert, filter, muted)
      if (status === undefined) continue
      alerts.push([alert, status])
      const names = receivers.get(alert.fingerprint)
      if (names === undefined) receivers.set(alert.fingerprint, [route.receiver])
      else names.push(route.receiver)
    }
    if (alerts.length > 0) found.push({ group, alerts: alerts.sort(([a], [b]) => compareAlerts(a, b)) })
  }
  for (const names of receivers.values()) names.sort(compareBytes)
  return found
    .map(({ group, alerts }) => ({
      labels: group.labels,
      receiver: group.route.receiver,
      groupKey: group.key,
      routeId: group.route.id,
      alerts: alerts.map(([alert, status]) => listedAlert(alert, receivers.get(alert.fingerprint) ?? [], status)),
    }))
    .sort((a, b) => compareLabels(a.labels, b.labels) || compareBytes(a.receiver, b.receiver))
}

/** Undefined: the filter leaves it out, or it has ended. */
function statusIn(
  sources: ListingSources,
  alert: HeldAlert,
  filter: AlertFilter,
  muted: readonly string[],
): AlertStatus | undefined {
  if (isResolved(alert, sources.nowMs)) return undefined
  if (filter.matchers !== undefined && !matchesAll(filter.matchers, alert.labels)) return undefined
  const { silencedBy, inhibitedBy } = sources.quiet(alert)
  const suppressed = silencedBy.length > 0 || inhibitedBy.length > 0
  if (filter.active === false && !suppressed) return undefined
  if (filter.silenced === false && silencedBy.length > 0) return undefined
  if (filter.inhibited === false && inhibitedBy.length > 0) return undefined
  return {
    state: suppressed ? 'suppressed' : 'active',
    silencedBy,
    inhibitedBy,
    mutedBy: muted,
    acknowledgedBy: sources.acknowledgements.of(alert.fingerprint, alert.startsAtMs)?.by,
  }
}

function listedAlert(alert: HeldAlert, receivers: readonly string[], status: AlertStatus): ListedAlert {
  const { fingerprint, labels, annotations, startsAtMs, endsAtMs, updatedAtMs, generatorUrl } = alert
  return { fingerprint, labels, annotations, startsAtMs, endsAtMs, updatedAtMs, generatorUrl, receivers, status }
}
