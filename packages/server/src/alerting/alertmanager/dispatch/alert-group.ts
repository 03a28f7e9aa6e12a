import { type HeldAlert, isResolved } from '../alerts/held-alert.ts'
import { compareAlerts } from '../alerts/label-order.ts'
import type { Clock } from '../clock.ts'
import type { RouteNode } from '../config/alertmanager-config.ts'
import { groupKey } from '../routes/group-key.ts'
import type { Flush } from './flush.ts'

/** Attempts may take at least this long, however short the group's interval is. */
const SHORTEST_FLUSH_MS = 10_000

export interface GroupOptions {
  readonly clock: Clock
  /** Tells of a flush; whether all who had to be told were told. Never rejects. */
  readonly deliver: (flush: Flush) => Promise<boolean>
  /** Resolved alerts were told and are not in the group any more. */
  readonly released: (group: AlertGroup, alerts: readonly HeldAlert[]) => void
}

/** Alerts of one route with the same group labels, which are told together: first after group_wait, then each group_interval. */
export class AlertGroup {
  readonly labels: ReadonlyMap<string, string>
  readonly #options: GroupOptions
  readonly #alerts = new Map<string, HeldAlert>()
  readonly #stopping = new AbortController()
  #route: RouteNode
  #dueMs = Number.POSITIVE_INFINITY
  #cancel: () => void = () => {}
  /** When the flush before was due; undefined: there was none. */
  #flushedMs: number | undefined
  #running: Promise<void> | undefined
  /** A flush fell due while the one before was still under way. */
  #overdue = false

  constructor(route: RouteNode, labels: ReadonlyMap<string, string>, options: GroupOptions) {
    this.#route = route
    this.labels = labels
    this.#options = options
  }

  get route(): RouteNode {
    return this.#route
  }

  get key(): string {
    return groupKey(this.#route, this.labels)
  }

  get alerts(): Iterable<HeldAlert> {
    return this.#alerts.values()
  }

  get isEmpty(): boolean {
    return this.#alerts.size === 0
  }

  has(fingerprint: string): boolean {
    return this.#alerts.has(fingerprint)
  }

  /** Whether nobody of this group knew that it fires. */
  insert(alert: HeldAlert): boolean {
    const nowMs = this.#options.clock.now()
    const before = this.#alerts.get(alert.fingerprint)
    this.#alerts.set(alert.fingerprint, alert)
    return !isResolved(alert, nowMs) && (before === undefined || isResolved(before, nowMs))
  }

  /** Lets go of all other alerts, which take other routes now. */
  retain(fingerprints: ReadonlySet<string>): void {
    for (const fingerprint of this.#alerts.keys()) {
      if (!fingerprints.has(fingerprint)) this.#alerts.delete(fingerprint)
    }
  }

  /** Begins to flush: after group_wait, or at a time that is known from before a restart. */
  start(firstMs?: number): void {
    const nowMs = this.#options.clock.now()
    let dueMs = firstMs ?? nowMs + this.#route.groupWaitMs
    // It waited long enough already, or must not wait.
    const isUrgent = (alert: HeldAlert): boolean =>
      alert.startsAtMs + this.#route.groupWaitMs < nowMs || (alert.atOnce && !isResolved(alert, nowMs))
    if (firstMs === undefined && [...this.#alerts.values()].some(isUrgent)) dueMs = nowMs
    this.#arm(dueMs)
  }

  /** Flushes as soon as possible. */
  hurry(): void {
    const nowMs = this.#options.clock.now()
    if (this.#dueMs > nowMs) this.#arm(nowMs)
  }

  /** The route as a new configuration has it. */
  follow(route: RouteNode): void {
    this.#route = route
    if (this.#flushedMs === undefined) return
    const dueMs = Math.max(this.#options.clock.now(), this.#flushedMs + route.groupIntervalMs)
    if (dueMs < this.#dueMs) this.#arm(dueMs)
  }

  /** Ends attempts under way; resolves when there are none. */
  async stop(): Promise<void> {
    this.#cancel()
    this.#stopping.abort()
    await this.#running
  }

  #arm(dueMs: number): void {
    this.#cancel()
    this.#dueMs = dueMs
    this.#cancel = this.#options.clock.after(Math.max(0, dueMs - this.#options.clock.now()), () => this.#fire())
  }

  #fire(): void {
    if (this.#stopping.signal.aborted) return
    if (this.#running !== undefined) {
      this.#overdue = true
      return
    }
    this.#running = this.#flush(this.#dueMs).finally(() => {
      this.#running = undefined
      if (!this.#overdue) return
      this.#overdue = false
      this.#dueMs = this.#options.clock.now()
      this.#fire()
    })
  }

  async #flush(dueMs: number): Promise<void> {
    const { clock, deliver, released } = this.#options
    const { groupIntervalMs } = this.#route
    const startMs = clock.now()
    // Timers are a little late each time; flushes keep their beat all the same.
    const nowMs = startMs - dueMs < groupIntervalMs ? dueMs : startMs
    this.#flushedMs = nowMs
    this.#arm(nowMs + groupIntervalMs)
    const alerts = [...this.#alerts.values()]
      .sort(compareAlerts)
      .map((alert) => ({ alert, resolved: isResolved(alert, startMs) }))
    const done = await deliver({
      route: this.#route,
      groupKey: this.key,
      groupLabels: this.labels,
      alerts,
      nowMs,
      deadlineMs: startMs + Math.max(groupIntervalMs, SHORTEST_FLUSH_MS),
      signal: this.#stopping.signal,
    })
    if (!done || this.#stopping.signal.aborted) return
    // What was reported again meanwhile may fire, and is looked at in the next flush.
    const over = alerts
      .filter(({ alert, resolved }) => resolved && this.#alerts.get(alert.fingerprint) === alert)
      .map(({ alert }) => alert)
    for (const { fingerprint } of over) this.#alerts.delete(fingerprint)
    released(this, over)
  }
}
