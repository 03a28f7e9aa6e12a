import { stringify } from 'yaml'
import { printMatcher } from '../matchers/print-matcher.ts'
import { printTimeInterval } from '../time-intervals/read-time-interval.ts'
import type { InhibitRule, RouteNode } from './alertmanager-config.ts'
import { printDuration } from './durations.ts'
import { type GlobalSection, globalSection } from './global-section.ts'
import type { NamedIntervals } from './other-sections.ts'
import { shownBy } from './shown-values.ts'

/** What a configuration is shown of. */
export interface ShownParts {
  readonly global: GlobalSection
  readonly route: RouteNode
  readonly inhibitRules: readonly InhibitRule[]
  /** Without secrets. */
  readonly receivers: readonly Readonly<Record<string, unknown>>[]
  readonly templates: readonly string[]
  readonly intervals: readonly NamedIntervals[]
}

/**
 * The YAML of a configuration as `/api/v2/status` shows it. Written so that readers of YAML 1.1, such as amtool's, take the
 * same from it: `off` and `09:00` are quoted.
 */
export function showConfig(parts: ShownParts): string {
  const { global, route, inhibitRules, receivers, templates, intervals } = parts
  const named = (section: NamedIntervals['section']) =>
    intervals
      .filter((one) => one.section === section)
      .map(({ name, parts }) => ({ name, time_intervals: parts.map(printTimeInterval) }))
  const shown = {
    global: shownBy(globalSection, global),
    route: shownRoute(route, undefined),
    inhibit_rules: inhibitRules.map(({ sourceMatchers, targetMatchers, equal }) => ({
      ...(sourceMatchers.length > 0 && { source_matchers: sourceMatchers.map(printMatcher) }),
      ...(targetMatchers.length > 0 && { target_matchers: targetMatchers.map(printMatcher) }),
      ...(equal.length > 0 && { equal }),
    })),
    receivers,
    templates,
    mute_time_intervals: named('mute_time_intervals'),
    time_intervals: named('time_intervals'),
  }
  const filled = Object.entries(shown).filter(([, value]) => !Array.isArray(value) || value.length > 0)
  return stringify(Object.fromEntries(filled), { version: '1.1', lineWidth: 0 })
}

/** Only what a route does not have from the one above it. */
function shownRoute(route: RouteNode, above: RouteNode | undefined): Record<string, unknown> {
  const own = <K extends keyof RouteNode>(key: K): boolean =>
    above === undefined || JSON.stringify(route[key]) !== JSON.stringify(above[key])
  const groupBy = route.groupBy === 'all' ? ['...'] : route.groupBy
  const labels = [...route.labels].filter(([name, value]) => above?.labels.get(name) !== value)
  return {
    ...(own('receiver') && { receiver: route.receiver }),
    ...(own('groupBy') && (above !== undefined || groupBy.length > 0) && { group_by: groupBy }),
    ...(route.matchers.length > 0 && { matchers: route.matchers.map(printMatcher) }),
    ...(route.muteTimeIntervals.length > 0 && { mute_time_intervals: route.muteTimeIntervals }),
    ...(route.activeTimeIntervals.length > 0 && { active_time_intervals: route.activeTimeIntervals }),
    continue: route.continues,
    ...(labels.length > 0 && { labels: Object.fromEntries(labels) }),
    ...(route.routes.length > 0 && { routes: route.routes.map((child) => shownRoute(child, route)) }),
    ...(own('groupWaitMs') && { group_wait: printDuration(route.groupWaitMs) }),
    ...(own('groupIntervalMs') && { group_interval: printDuration(route.groupIntervalMs) }),
    ...(own('repeatIntervalMs') && { repeat_interval: printDuration(route.repeatIntervalMs) }),
  }
}
