import type { ReportedAlert } from '../../../model/alert.ts'
import type { Notification } from '../../../notify/notification.ts'
import type { OpenNotifier, SendAttempt, SendOutcome } from '../../../notify/notifier.ts'
import type { JournalEntry } from '../../../store/journal/journal-store.ts'
import { createMemoryJournal } from '../../../store/testing/memory-state.ts'
import { createRegistry, type Registry } from '../../../telemetry/registry.ts'
import type { Alertmanager } from '../alertmanager.ts'
import type { AlertmanagerConfig, ContactPoint, InhibitRule, RouteNode } from '../config/alertmanager-config.ts'
import { createAlertmanager } from '../create-alertmanager.ts'
import { makeMatcher } from '../matchers/make-matcher.ts'
import type { TimeInterval } from '../time-intervals/time-interval.ts'
import { createHandClock, type HandClock } from './hand-clock.ts'
import { createMortalState, type MortalState } from './mortal-state.ts'

/** What came to a contact point. */
export interface Delivered {
  /** Since the rig was made. */
  readonly atMs: number
  readonly notification: Notification
  readonly kept: ReadonlyMap<string, string>
}

/** A manager with a clock that is moved by hand, and contact points that write down what they are told. */
export interface TestRig {
  readonly clock: HandClock
  /** When the rig was made. */
  readonly startMs: number
  readonly state: MortalState
  readonly registry: Registry
  readonly journal: readonly JournalEntry[]
  readonly logged: readonly string[]
  readonly manager: Alertmanager
  /** What was delivered, in order. */
  readonly delivered: readonly Delivered[]
  /** What contact points answer; default: that all is well. */
  answer: (receiver: string, notification: Notification, attempt: SendAttempt) => Promise<SendOutcome>
  /** Reports alerts now. */
  fire(...alerts: readonly PlainAlert[]): Promise<void>
  /** Ends alerts now. */
  resolve(...alerts: readonly PlainAlert[]): Promise<void>
  /** Puts another configuration in force. */
  use(options: RigOptions): void
  /** Another process takes over what is on the disk: nothing of the one before goes on. */
  restart(): Promise<void>
}

export type PlainLabels = Readonly<Record<string, string>>
export type PlainAlert = PlainLabels

export interface PlainRoute {
  readonly receiver?: string
  readonly match?: PlainLabels
  readonly groupBy?: readonly string[] | 'all'
  readonly continues?: boolean
  readonly wait?: number
  readonly interval?: number
  readonly repeat?: number
  readonly mute?: readonly string[]
  readonly active?: readonly string[]
  readonly routes?: readonly PlainRoute[]
}

export interface RigOptions {
  readonly route?: PlainRoute
  readonly inhibit?: readonly {
    readonly source: PlainLabels
    readonly target: PlainLabels
    readonly equal: readonly string[]
  }[]
  readonly intervals?: Readonly<Record<string, TimeInterval>>
  /** Contact points that are not told of resolved alerts. */
  readonly quietReceivers?: readonly string[]
  readonly mostAlerts?: number
  readonly mostCharacters?: number
  /** Milliseconds. */
  readonly retentionMs?: number
  readonly startMs?: number
}

export const SECOND_MS = 1000
const DAY_MS = 86_400_000

export async function createTestRig(options: RigOptions = {}): Promise<TestRig> {
  const clock = createHandClock(options.startMs)
  const startMs = clock.now()
  const state = createMortalState(() => clock.now())
  const journal = createMemoryJournal()
  const logged: string[] = []
  const delivered: Delivered[] = []
  const registry = createRegistry()
  let generation = 0

  let inForce = options
  const configOf = (process: number): AlertmanagerConfig =>
    rigConfig(inForce, (receiver) => ({
      sendResolved: !options.quietReceivers?.includes(receiver),
      async send(notification, attempt) {
        // A process that was killed tells nobody anything.
        if (process !== generation) return await new Promise<never>(() => {})
        delivered.push({ atMs: clock.now() - startMs, notification, kept: attempt.kept })
        return await rig.answer(receiver, notification, attempt)
      },
    }))
  const open = (process: number, of: Registry): Promise<Alertmanager> =>
    createAlertmanager({
      tenant: 'default',
      state,
      journal,
      clock,
      config: configOf(process),
      notify: true,
      externalUrl: () => 'http://girok.test',
      retentionMs: options.retentionMs ?? 5 * DAY_MS,
      registry: of,
      log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
      random: () => 0.5,
      ...(options.mostAlerts !== undefined && { mostAlerts: options.mostAlerts }),
      ...(options.mostCharacters !== undefined && { mostCharacters: options.mostCharacters }),
    })

  const rig: TestRig & { manager: Alertmanager } = {
    clock,
    startMs,
    state,
    registry,
    get journal() {
      return journal.entries
    },
    logged,
    delivered,
    manager: await open(generation, registry),
    answer: async () => ({ sent: true }),
    fire: (...alerts) => rig.manager.report(alerts.map((labels) => reported(labels))),
    resolve: (...alerts) => rig.manager.report(alerts.map((labels) => reported(labels, clock.now()))),
    use(next) {
      inForce = next
      rig.manager.use(configOf(generation))
    },
    async restart() {
      generation++
      state.beforeWrite = () => Promise.resolve()
      rig.manager = await open(generation, createRegistry())
      await rig.manager.start()
    },
  }
  await rig.manager.start()
  return rig
}

/** @param endsAtMs absent: it goes on until the resolve timeout */
export function reported(labels: PlainAlert, endsAtMs?: number): ReportedAlert {
  return {
    labels: new Map(Object.entries(labels)),
    annotations: new Map(),
    startsAtMs: undefined,
    endsAtMs,
    generatorUrl: '',
  }
}

/** The configuration of a rig, each contact point with one webhook. */
export function rigConfig(options: RigOptions, open: (receiver: string) => OpenNotifier): AlertmanagerConfig {
  const route = routeNode(options.route ?? {}, undefined, '', '0')
  const names = new Set<string>()
  const gather = (node: RouteNode): void => {
    names.add(node.receiver)
    node.routes.forEach(gather)
  }
  gather(route)
  return {
    shownYaml: '',
    resolveTimeoutMs: 300 * SECOND_MS,
    route,
    inhibitRules: (options.inhibit ?? []).map(
      ({ source, target, equal }): InhibitRule => ({
        sourceMatchers: matchersOf(source),
        targetMatchers: matchersOf(target),
        equal,
      }),
    ),
    contactPoints: [...names].map(
      (name): ContactPoint => ({
        name,
        origin: 'file',
        integrations: [{ type: 'webhook', index: 0, notifier: open(name) }],
      }),
    ),
    timeIntervals: new Map(Object.entries(options.intervals ?? {}).map(([name, interval]) => [name, [interval]])),
    templates: [],
  }
}

/** Times in seconds; defaults: 10, 60 and 600. */
function routeNode(plain: PlainRoute, parent: RouteNode | undefined, path: string, place: string): RouteNode {
  const matchers = matchersOf(plain.match ?? {})
  const inner = matchers.map(({ name, value }) => `${name}="${value}"`).join(',')
  const key = parent === undefined ? '{}' : `${path}/{${inner}}`
  const seconds = (given: number | undefined, inherited: number | undefined, otherwise: number): number =>
    given !== undefined ? given * SECOND_MS : (inherited ?? otherwise * SECOND_MS)
  const node: RouteNode = {
    key,
    id: `${key}/${place}`,
    receiver: plain.receiver ?? parent?.receiver ?? 'default',
    groupBy: plain.groupBy ?? parent?.groupBy ?? ['alertname'],
    matchers,
    continues: plain.continues ?? false,
    groupWaitMs: seconds(plain.wait, parent?.groupWaitMs, 10),
    groupIntervalMs: seconds(plain.interval, parent?.groupIntervalMs, 60),
    repeatIntervalMs: seconds(plain.repeat, parent?.repeatIntervalMs, 600),
    muteTimeIntervals: plain.mute ?? [],
    activeTimeIntervals: plain.active ?? [],
    labels: new Map(),
    routes: [],
  }
  const routes = (plain.routes ?? []).map((child, i) => routeNode(child, node, key, `${place}.${i}`))
  return { ...node, routes }
}

function matchersOf(labels: PlainLabels) {
  return Object.entries(labels).map(([name, value]) => makeMatcher(name, '=', value))
}
