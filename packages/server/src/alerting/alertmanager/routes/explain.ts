import type { AlertmanagerConfig, RouteNode } from '../config/alertmanager-config.ts'
import { printMatchers } from '../matchers/print-matcher.ts'
import { mutedBy } from '../time-intervals/muted-by.ts'
import { groupKey, groupLabelsOf } from './group-key.ts'
import { routesOf } from './routes-of.ts'

/** One way that an alert would take, for people who wonder. */
export interface RouteExplanation {
  readonly route: RouteNode
  /** Matchers from the root on: `['{}', '{severity="critical"}']`. */
  readonly path: readonly string[]
  readonly groupLabels: ReadonlyMap<string, string>
  readonly groupKey: string
  /** Names of the time intervals that keep it quiet at that moment. */
  readonly mutedBy: readonly string[]
  /**
   * When the first notification would go out, were this the first alert of its group: after `group_wait`, or at the first
   * flush after that at which no time interval keeps it quiet. Undefined: not within the flushes looked at.
   */
  readonly firstNotificationMs: number | undefined
}

/** Flushes that are looked at for one that is not muted: five weeks of them at every five minutes. */
const MOST_FLUSHES = 10_000

/** Where an alert with these labels would go, were it to begin at that moment (milliseconds since the epoch). */
export function explainRoutes(
  config: Pick<AlertmanagerConfig, 'route' | 'timeIntervals'>,
  labels: ReadonlyMap<string, string>,
  atMs: number,
): readonly RouteExplanation[] {
  return routesOf(config.route, labels).map((route) => {
    const groupLabels = groupLabelsOf(route, labels)
    return {
      route,
      path: (pathTo(config.route, route) ?? []).map(({ matchers }) => printMatchers(matchers)),
      groupLabels,
      groupKey: groupKey(route, groupLabels),
      mutedBy: mutedBy(route, config.timeIntervals, atMs),
      firstNotificationMs: firstFlush(route, config, atMs),
    }
  })
}

function firstFlush(
  route: RouteNode,
  { timeIntervals }: Pick<AlertmanagerConfig, 'timeIntervals'>,
  atMs: number,
): number | undefined {
  const isTimed = route.muteTimeIntervals.length > 0 || route.activeTimeIntervals.length > 0
  for (let flush = 0; flush < (isTimed ? MOST_FLUSHES : 1); flush++) {
    const timeMs = atMs + route.groupWaitMs + flush * route.groupIntervalMs
    if (mutedBy(route, timeIntervals, timeMs).length === 0) return timeMs
  }
  return undefined
}

function pathTo(from: RouteNode, to: RouteNode): readonly RouteNode[] | undefined {
  if (from === to) return [from]
  for (const child of from.routes) {
    const rest = pathTo(child, to)
    if (rest !== undefined) return [from, ...rest]
  }
  return undefined
}
