import { nearestPath } from '@girok/query/settings'
import { z } from 'zod'
import { printMatchers } from '../matchers/print-matcher.ts'
import type { RouteNode } from './alertmanager-config.ts'
import type { Path, Reported } from './config-text.ts'
import { prometheusDuration } from './durations.ts'
import { matcherFields, readMatchers } from './matcher-fields.ts'
import { readDeclared } from './read-declared.ts'

const names = z.array(z.string()).optional()

const routeFields = z.strictObject({
  receiver: z.string().optional(),
  group_by: names,
  ...matcherFields(''),
  mute_time_intervals: names,
  active_time_intervals: names,
  continue: z.boolean().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  group_wait: prometheusDuration(),
  group_interval: prometheusDuration({ zero: false }),
  repeat_interval: prometheusDuration({ zero: false }),
  routes: z.array(z.unknown()).optional(),
})

/** What the rest of a configuration defines, for routes to name. */
export interface Defined {
  readonly receivers: readonly string[]
  readonly timeIntervals: readonly string[]
}

/** What a route takes from the one above it. */
type Inherited = Pick<
  RouteNode,
  'receiver' | 'groupBy' | 'groupWaitMs' | 'groupIntervalMs' | 'repeatIntervalMs' | 'labels'
>

const OF_ROOT: Inherited = {
  receiver: '',
  groupBy: [],
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 14_400_000,
  labels: new Map(),
}

/** Reads the routing tree; every fault is told with its place. What is returned with faults is of no use. */
export function readRoot(value: unknown, defined: Defined, reported: Reported): RouteNode | undefined {
  const path = ['route']
  if (value === undefined) {
    reported.problem(
      [],
      'route is missing: a configuration needs one, with the receiver of all alerts that no route below takes',
    )
    return undefined
  }
  const root = readRoute(value, path, OF_ROOT, { key: undefined, id: '' }, 0, defined, reported)
  if (root === undefined) return undefined
  if (root.receiver === '') reported.problem(path, 'the root route must name its receiver', 'key')
  if (root.continues)
    reported.problem([...path, 'continue'], 'the root route cannot continue: there is nothing beside it')
  for (const key of ['match', 'match_re', 'matchers']) {
    if (root.matchers.length > 0 && has(value, key)) {
      reported.problem([...path, key], 'the root route takes all alerts: put matchers on a route below it', 'key')
    }
  }
  for (const key of ['mute_time_intervals', 'active_time_intervals']) {
    if (has(value, key) && (root.muteTimeIntervals.length > 0 || root.activeTimeIntervals.length > 0)) {
      reported.problem([...path, key], 'the root route cannot have time intervals: put them on a route below it', 'key')
    }
  }
  return root
}

function readRoute(
  value: unknown,
  path: Path,
  above: Inherited,
  parent: { readonly key: string | undefined; readonly id: string },
  position: number,
  defined: Defined,
  reported: Reported,
): RouteNode | undefined {
  const fields = readDeclared(routeFields, value ?? {}, path, reported)
  const matchers = fields === undefined ? [] : readMatchers(fields, '', path, reported)
  const own = fields === undefined ? above : inherit(fields, above, path, reported)
  const printed = printMatchers(matchers)
  const key = parent.key === undefined ? printed : `${parent.key}/${printed}`
  const id = parent.key === undefined ? printed : `${parent.id}/${printed}/${position}`
  const below = (value as { routes?: unknown } | undefined)?.routes
  const routes = (Array.isArray(below) ? below : []).flatMap((one, index) => {
    const at = [...path, 'routes', index]
    return readRoute(one, at, own, { key, id }, index, defined, reported) ?? []
  })
  if (fields === undefined) return undefined
  if (fields.receiver) known(fields.receiver, defined.receivers, [...path, 'receiver'], 'receiver', reported)
  for (const name of ['mute_time_intervals', 'active_time_intervals'] as const) {
    fields[name]?.forEach((interval, index) => {
      known(interval, defined.timeIntervals, [...path, name, index], 'time interval', reported)
    })
  }
  return {
    ...own,
    key,
    id,
    matchers,
    continues: fields.continue ?? false,
    muteTimeIntervals: fields.mute_time_intervals ?? [],
    activeTimeIntervals: fields.active_time_intervals ?? [],
    routes,
  }
}

function inherit(fields: z.output<typeof routeFields>, above: Inherited, path: Path, reported: Reported): Inherited {
  return {
    receiver: fields.receiver || above.receiver,
    groupBy:
      fields.group_by === undefined ? above.groupBy : readGroupBy(fields.group_by, [...path, 'group_by'], reported),
    groupWaitMs: fields.group_wait ?? above.groupWaitMs,
    groupIntervalMs: fields.group_interval ?? above.groupIntervalMs,
    repeatIntervalMs: fields.repeat_interval ?? above.repeatIntervalMs,
    labels: new Map([...above.labels, ...Object.entries(fields.labels ?? {})]),
  }
}

/** An empty list puts all alerts of the route into one group, whatever stands above. */
function readGroupBy(names: readonly string[], path: Path, reported: Reported): RouteNode['groupBy'] {
  if (names.includes('...')) {
    if (names.some((name) => name !== '...'))
      reported.problem(path, '"..." is all labels: nothing else can stand beside it')
    return 'all'
  }
  names.forEach((name, index) => {
    if (name === '') reported.problem([...path, index], 'the name of a label cannot be empty')
    else if (names.indexOf(name) < index)
      reported.problem([...path, index], `label ${JSON.stringify(name)} is named twice`)
  })
  return names
}

function known(name: string, defined: readonly string[], path: Path, what: string, reported: Reported): void {
  if (defined.includes(name)) return
  const near = nearestPath(name, defined)
  const hint = near !== undefined ? `is ${JSON.stringify(near)} meant?` : `defined are ${defined.join(', ') || 'none'}`
  reported.problem(path, `no ${what} is called ${JSON.stringify(name)}; ${hint}`)
}

function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
}
