import type { ReportedAlert } from '../../model/alert.ts'
import { GirokError } from '../../model/errors.ts'
import type { JournalStore } from '../../store/journal/journal-store.ts'
import type { StateStore } from '../../store/state/state-store.ts'
import type { Registry } from '../../telemetry/registry.ts'
import type { Acknowledgement } from './acknowledgements/acknowledgements.ts'
import { type KeptAcknowledgements, openAcknowledgements } from './acknowledgements/create-acknowledgements.ts'
import type { AlertFilter, Alertmanager, ListedAlert, ListedGroup, TestOutcome } from './alertmanager.ts'
import { AlertBook } from './alerts/alert-book.ts'
import { AlertHistory, type Quiet } from './alerts/alert-history.ts'
import { type HeldAlert, isResolved } from './alerts/held-alert.ts'
import type { Clock } from './clock.ts'
import type { AlertmanagerConfig, ContactPoint, RouteNode } from './config/alertmanager-config.ts'
import { Dispatcher } from './dispatch/dispatcher.ts'
import type { Flush } from './dispatch/flush.ts'
import { createNotificationMetrics, type NotificationMetrics } from './dispatch/notification-metrics.ts'
import { Pipeline } from './dispatch/pipeline.ts'
import { Teller } from './dispatch/tell-integration.ts'
import { testReceiver } from './dispatch/test-receiver.ts'
import { createInhibition, type Inhibition } from './inhibition/inhibition.ts'
import { JournalWriter } from './journal-writer.ts'
import { type ListingSources, listAlerts, listGroups } from './listing.ts'
import { NotificationLog } from './notification-log/notification-log.ts'
import { routesOf } from './routes/routes-of.ts'
import { openSilences } from './silences/create-silences.ts'
import type { Silences } from './silences/silences.ts'

export interface AlertmanagerOptions {
  readonly tenant: string
  readonly state: StateStore
  readonly journal: JournalStore
  readonly clock: Clock
  readonly config: AlertmanagerConfig
  /** False: alerts are held and shown, and nobody is notified but by `test`. */
  readonly notify: boolean
  /** Of this server, without a trailing slash. Asked at each notification. */
  readonly externalUrl: () => string
  /** How long expired silences and what was notified are kept. Milliseconds. */
  readonly retentionMs: number
  readonly registry: Registry
  readonly log: (
    level: 'info' | 'warning' | 'error',
    message: string,
    fields: Readonly<Record<string, unknown>>,
  ) => void
  /** From 0 to 1; spreads attempts after failures. Default: Math.random. */
  readonly random?: () => number
  /** See AlertBook. */
  readonly mostAlerts?: number
  /** Characters of all alerts together. Default: see AlertBook. */
  readonly mostCharacters?: number
}

/** How often alerts are looked at whose time may have run out or that may have been silenced. Milliseconds. */
const SWEEP_MS = 15_000

/** Reads its state; notifies from `start()` on, and takes alerts before that too. */
export async function createAlertmanager(options: AlertmanagerOptions): Promise<Alertmanager> {
  const manager = new Manager(options)
  await manager.open()
  return manager
}

class Manager implements Alertmanager {
  readonly #options: AlertmanagerOptions
  readonly #clock: Clock
  readonly #journal: JournalWriter
  readonly #history: AlertHistory
  readonly #metrics: NotificationMetrics
  readonly #stopping = new AbortController()
  #config: AlertmanagerConfig
  #inhibition: Inhibition
  #dispatcher: Dispatcher
  #book!: AlertBook
  #silences!: Silences
  #acknowledgements!: KeptAcknowledgements
  #log!: NotificationLog
  #teller!: Teller
  #pipeline!: Pipeline
  #cancelSweep: () => void = () => {}

  constructor(options: AlertmanagerOptions) {
    const { tenant, journal, clock, config, registry } = options
    this.#options = options
    this.#clock = clock
    this.#config = config
    this.#inhibition = createInhibition(config.inhibitRules)
    this.#journal = new JournalWriter({
      tenant,
      journal,
      clock,
      failed: (error) => this.#complain('the history of alerts could not be written', error),
    })
    this.#history = new AlertHistory(this.#journal, () => this.#silences)
    this.#dispatcher = new Dispatcher(config.route, {
      clock,
      deliver: (flush) => this.#deliver(flush),
      lastFlushMs: (groupKey, receiver) => this.#log.lastFlushMs(groupKey, receiver),
      released: (alerts) => this.#drop(alerts),
    })
    this.#metrics = createNotificationMetrics(registry, () => this.#dispatcher.size)
  }

  async open(): Promise<void> {
    const { tenant, state: store, retentionMs, random = Math.random, externalUrl, log } = this.#options
    const { mostAlerts, mostCharacters } = this.#options
    const clock = this.#clock
    const common = { tenant, store, clock }
    this.#book = await AlertBook.open({
      ...common,
      resolveTimeoutMs: () => this.#config.resolveTimeoutMs,
      took: (alert) => this.#inhibition.update(alert),
      kept: (alert) => this.#dispatcher.insert(alert),
      dropped: ({ fingerprint }) => {
        this.#inhibition.forget(fingerprint)
        this.#history.forget(fingerprint)
      },
      turned: (alert, to, atMs) => this.#turned(alert, to, atMs),
      ...(mostAlerts !== undefined && { mostAlerts }),
      ...(mostCharacters !== undefined && { mostCharacters }),
    })
    this.#silences = await openSilences({ ...common, retentionMs })
    this.#log = await NotificationLog.open({ ...common, retentionMs })
    this.#acknowledgements = await openAcknowledgements({
      ...common,
      firingSince: (fingerprint) => this.#firing(fingerprint)?.startsAtMs,
      changed: (fingerprint, change, acknowledgement) => this.#acknowledged(fingerprint, change, acknowledgement),
    })
    const metrics = this.#metrics
    const journal = this.#journal
    this.#teller = new Teller({ clock, random, log: this.#log, journal, metrics, externalUrl, report: log })
    this.#pipeline = new Pipeline({
      config: () => this.#config,
      silences: this.#silences,
      acknowledgements: this.#acknowledgements,
      inhibition: () => this.#inhibition,
      teller: this.#teller,
      history: this.#history,
      metrics,
      settle: (fingerprints) => this.#settle(fingerprints),
      now: () => clock.now(),
    })
    for (const alert of this.#book.all()) {
      this.#inhibition.update(alert)
      this.#dispatcher.insert(alert)
    }
  }

  get silences(): Silences {
    return this.#silences
  }

  get acknowledgements(): KeptAcknowledgements {
    return this.#acknowledgements
  }

  readonly report = (alerts: readonly ReportedAlert[]): Promise<void> => this.#book.take(alerts)

  alerts(filter: AlertFilter = {}): readonly ListedAlert[] {
    return listAlerts(this.#sources(), filter)
  }

  groups(filter: AlertFilter & { readonly routeFilter?: (route: RouteNode) => boolean } = {}): readonly ListedGroup[] {
    return listGroups(this.#sources(), filter)
  }

  config(): AlertmanagerConfig {
    return this.#config
  }

  routesOf(labels: ReadonlyMap<string, string>): readonly RouteNode[] {
    return routesOf(this.#config.route, labels)
  }

  use(config: AlertmanagerConfig): void {
    this.#config = config
    this.#inhibition = createInhibition(config.inhibitRules)
    for (const alert of this.#book.all()) this.#inhibition.update(alert)
    this.#dispatcher.use(config.route, this.#book.all())
  }

  quietedBy(labels: ReadonlyMap<string, string>, atMs: number): Quiet {
    return {
      silencedBy: this.#silences.silencing(labels, atMs),
      inhibitedBy: this.#inhibition.inhibitedBy(labels, this.#clock.now()),
    }
  }

  async test(
    receiver: string | ContactPoint,
    labels: ReadonlyMap<string, string> = new Map(),
  ): Promise<readonly TestOutcome[]> {
    const point = typeof receiver === 'string' ? this.#contactPoint(receiver) : receiver
    return await testReceiver(point, labels, {
      clock: this.#clock,
      teller: this.#teller,
      externalUrl: this.#options.externalUrl(),
      signal: this.#stopping.signal,
    })
  }

  async start(): Promise<void> {
    this.#dispatcher.start()
    this.#sweepLater()
  }

  async stop(): Promise<void> {
    this.#cancelSweep()
    this.#stopping.abort()
    await this.#dispatcher.stop()
    await this.#journal.flush()
  }

  #contactPoint(wanted: string): ContactPoint {
    const { contactPoints } = this.#config
    const point = contactPoints.find(({ name }) => name === wanted)
    if (point !== undefined) return point
    const names = contactPoints.map(({ name }) => name).join(', ')
    throw new GirokError('not_found', `there is no contact point ${JSON.stringify(wanted)}; there are: ${names}`)
  }

  #turned(alert: HeldAlert, to: 'firing' | 'resolved', atMs: number): void {
    this.#history.add(alert.fingerprint, to, alert.labels, alert.annotations, atMs)
    // Whether it is quiet is told anew of each firing.
    this.#history.forget(alert.fingerprint)
    if (to === 'firing') return
    this.#acknowledgements
      .forget(alert.fingerprint)
      .catch((error) => this.#complain('an acknowledgement could not be removed', error))
  }

  #acknowledged(
    fingerprint: string,
    change: 'acknowledged' | 'unacknowledged',
    { by, comment }: Acknowledgement,
  ): void {
    const labels = this.#book.get(fingerprint)?.labels ?? new Map()
    this.#history.add(fingerprint, change, labels, undefined, undefined, { by, comment })
  }

  #firing(fingerprint: string): HeldAlert | undefined {
    const alert = this.#book.get(fingerprint)
    return alert !== undefined && !isResolved(alert, this.#clock.now()) ? alert : undefined
  }

  async #deliver(flush: Flush): Promise<boolean> {
    try {
      return this.#options.notify ? await this.#pipeline.deliver(flush) : true
    } catch (error) {
      this.#complain(`the group ${flush.groupKey} could not be notified`, error)
      return false
    }
  }

  async #settle(fingerprints: Iterable<string>): Promise<void> {
    try {
      await this.#book.settle(fingerprints)
    } catch (error) {
      this.#complain('that alerts have resolved could not be written', error)
    }
  }

  #drop(alerts: readonly HeldAlert[]): void {
    this.#book.drop(alerts).catch((error) => this.#complain('alerts that are over could not be removed', error))
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#clock.after(SWEEP_MS, () => {
      this.#sweepLater()
      this.#sweep()
    })
  }

  #sweep(): void {
    void this.#settle([...this.#book.firing()])
    const counts = { active: 0, suppressed: 0 }
    for (const alert of this.#book.all()) {
      if (isResolved(alert, this.#clock.now())) continue
      const quiet = this.#pipeline.quiet(alert)
      this.#history.saw(alert, quiet)
      counts[quiet.silencedBy.length + quiet.inhibitedBy.length > 0 ? 'suppressed' : 'active']++
    }
    for (const [state, count] of Object.entries(counts)) this.#metrics.alerts.set({ state }, count)
    this.#log.sweep()
  }

  #sources(): ListingSources {
    return {
      alerts: this.#book.all(),
      groups: this.#dispatcher.groups(),
      config: this.#config,
      acknowledgements: this.#acknowledgements,
      quiet: (alert) => this.#pipeline.quiet(alert),
      nowMs: this.#clock.now(),
    }
  }

  #complain(message: string, error: unknown): void {
    this.#options.log('error', message, { error: error instanceof Error ? error.message : String(error) })
  }
}
