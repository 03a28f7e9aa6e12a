import type { HeldAlert } from '../alerts/held-alert.ts'
import type { Clock } from '../clock.ts'
import type { RouteNode } from '../config/alertmanager-config.ts'
import { groupLabelsOf, printLabels } from '../routes/group-key.ts'
import { allRoutes, routesOf } from '../routes/routes-of.ts'
import { AlertGroup } from './alert-group.ts'
import type { Flush } from './flush.ts'

export interface DispatcherOptions {
  readonly clock: Clock
  /** See {@link GroupOptions.deliver}. */
  readonly deliver: (flush: Flush) => Promise<boolean>
  /** The last flush before a restart of a group that fired then. Milliseconds since the epoch. */
  readonly lastFlushMs: (groupKey: string, receiver: string) => number | undefined
  /** No group holds these alerts any more. */
  readonly released: (alerts: readonly HeldAlert[]) => void
}

/** Where a group stands. */
interface Place {
  /** Of the route. */
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  /** The labels as text. */
  readonly text: string
}

/** Sorts alerts into groups by route and labels, and has the groups flush. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  #root: RouteNode
  #names: ReadonlyMap<RouteNode, string>
  /** By name of the route, then by group labels. */
  readonly #groups = new Map<string, Map<string, AlertGroup>>()
  /** Groups that are gone, whose attempts have not ended yet. */
  readonly #ending = new Set<Promise<void>>()
  #running = false

  constructor(root: RouteNode, options: DispatcherOptions) {
    this.#options = options
    this.#root = root
    this.#names = routeNames(root)
  }

  get root(): RouteNode {
    return this.#root
  }

  insert(alert: HeldAlert): void {
    for (const route of routesOf(this.#root, alert.labels)) {
      this.#insertInto(this.#placeOf(route, alert.labels), route, alert)
    }
  }

  *groups(): Generator<AlertGroup> {
    for (const groups of this.#groups.values()) yield* groups.values()
  }

  get size(): number {
    let size = 0
    for (const groups of this.#groups.values()) size += groups.size
    return size
  }

  /** Begins to flush, in step with what was flushed before a restart. */
  start(): void {
    this.#running = true
    for (const group of this.groups()) group.start(this.#nextFlushMs(group))
  }

  /** Sorts the alerts anew. Groups whose route and labels are the same go on as they were. */
  use(root: RouteNode, alerts: Iterable<HeldAlert>): void {
    const before = new Map(this.#groups)
    this.#groups.clear()
    this.#root = root
    this.#names = routeNames(root)
    const members = new Map<AlertGroup, Set<string>>()
    for (const alert of alerts) {
      for (const route of routesOf(root, alert.labels)) {
        const place = this.#placeOf(route, alert.labels)
        const known = before.get(place.name)?.get(place.text)
        if (known !== undefined && !members.has(known)) {
          this.#groupsOf(place.name).set(place.text, known)
          known.follow(route)
        }
        const group = this.#insertInto(place, route, alert)
        members.set(group, (members.get(group) ?? new Set()).add(alert.fingerprint))
      }
    }
    for (const [group, fingerprints] of members) group.retain(fingerprints)
    for (const groups of before.values()) {
      for (const group of groups.values()) if (!members.has(group)) this.#end(group)
    }
  }

  /** Ends all attempts; resolves when there are none. */
  async stop(): Promise<void> {
    this.#running = false
    for (const group of this.groups()) this.#end(group)
    await Promise.all(this.#ending)
  }

  #placeOf(route: RouteNode, alertLabels: ReadonlyMap<string, string>): Place {
    const labels = groupLabelsOf(route, alertLabels)
    return { name: this.#names.get(route) as string, labels, text: printLabels(labels) }
  }

  #insertInto(place: Place, route: RouteNode, alert: HeldAlert): AlertGroup {
    const groups = this.#groupsOf(place.name)
    const known = groups.get(place.text)
    if (known !== undefined) {
      const isNews = known.insert(alert)
      if (this.#running && alert.atOnce && isNews) known.hurry()
      return known
    }
    const group = new AlertGroup(route, place.labels, {
      clock: this.#options.clock,
      deliver: this.#options.deliver,
      released: (of, alerts) => this.#released(place, of, alerts),
    })
    groups.set(place.text, group)
    group.insert(alert)
    if (this.#running) group.start()
    return group
  }

  #groupsOf(name: string): Map<string, AlertGroup> {
    let groups = this.#groups.get(name)
    if (groups === undefined) {
      groups = new Map()
      this.#groups.set(name, groups)
    }
    return groups
  }

  #released({ name, text }: Place, group: AlertGroup, alerts: readonly HeldAlert[]): void {
    if (group.isEmpty) {
      const groups = this.#groups.get(name)
      if (groups?.get(text) === group) groups.delete(text)
      if (groups?.size === 0) this.#groups.delete(name)
      this.#end(group)
    }
    const free = alerts.filter((alert) => !this.#isHeld(alert))
    if (free.length > 0) this.#options.released(free)
  }

  #isHeld({ fingerprint, labels }: HeldAlert): boolean {
    return routesOf(this.#root, labels).some((route) => {
      const { name, text } = this.#placeOf(route, labels)
      return this.#groups.get(name)?.get(text)?.has(fingerprint) === true
    })
  }

  #end(group: AlertGroup): void {
    const ended = group.stop().finally(() => this.#ending.delete(ended))
    this.#ending.add(ended)
  }

  /** Where a group was flushed before a restart, its flushes keep their beat: they are spread as they were. */
  #nextFlushMs(group: AlertGroup): number | undefined {
    const lastMs = this.#options.lastFlushMs(group.key, group.route.receiver)
    if (lastMs === undefined) return undefined
    const { groupIntervalMs } = group.route
    const passedMs = Math.max(0, this.#options.clock.now() - lastMs)
    return lastMs + Math.ceil(passedMs / groupIntervalMs) * groupIntervalMs
  }
}

/** What routes are known by when the configuration changes: their matchers, and their place among those of the same. */
function routeNames(root: RouteNode): ReadonlyMap<RouteNode, string> {
  const names = new Map<RouteNode, string>()
  const counts = new Map<string, number>()
  for (const route of allRoutes(root)) {
    const name = JSON.stringify([route.key, route.receiver])
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    names.set(route, `${name} ${count}`)
  }
  return names
}
