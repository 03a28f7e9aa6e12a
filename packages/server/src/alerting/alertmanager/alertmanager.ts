import type { AlertSink } from '../../model/alert.ts'
import type { NotificationReason } from '../../notify/notification.ts'
import type { Acknowledgements } from './acknowledgements/acknowledgements.ts'
import type { AlertmanagerConfig, ContactPoint, RouteNode } from './config/alertmanager-config.ts'
import type { Matcher } from './matchers/matcher.ts'
import type { Silences } from './silences/silences.ts'

/** The Alertmanager inside: takes alerts, groups them, keeps quiet where it was told to, and notifies. */
export interface Alertmanager {
  readonly report: AlertSink
  readonly silences: Silences
  readonly acknowledgements: Acknowledgements
  /** Alerts that have not ended, in order of fingerprint. */
  alerts(filter?: AlertFilter): readonly ListedAlert[]
  /** As the dispatcher groups them: by labels, then contact point. */
  groups(filter?: AlertFilter & { readonly routeFilter?: (route: RouteNode) => boolean }): readonly ListedGroup[]
  config(): AlertmanagerConfig
  /** Routes that alerts with these labels take, in order. */
  routesOf(labels: ReadonlyMap<string, string>): readonly RouteNode[]
  /** What would keep an alert with these labels quiet: ids of silences at that moment, fingerprints of alerts now. */
  quietedBy(
    labels: ReadonlyMap<string, string>,
    atMs: number,
  ): { readonly silencedBy: readonly string[]; readonly inhibitedBy: readonly string[] }
  /** Puts another configuration in force. Groups whose route is the same go on. */
  use(config: AlertmanagerConfig): void
  /**
   * Sends a made-up alert to every integration of a contact point, once each, nothing of it kept but the history. Rejects
   * with `not_found` for a name that no contact point has.
   */
  test(receiver: string | ContactPoint, labels?: ReadonlyMap<string, string>): Promise<readonly TestOutcome[]>
  /** Begins to notify; alerts are taken before that too. */
  start(): Promise<void>
  /** Ends attempts under way; what they did not finish is done after the next start. */
  stop(): Promise<void>
}

export interface AlertFilter {
  /** Default of each: true. */
  readonly active?: boolean
  readonly silenced?: boolean
  readonly inhibited?: boolean
  readonly unprocessed?: boolean
  /** Of groups: muted by a time interval. */
  readonly muted?: boolean
  readonly matchers?: readonly Matcher[]
  /** Anchored pattern of contact points. */
  readonly receiver?: (name: string) => boolean
}

export interface ListedAlert {
  readonly fingerprint: string
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
  readonly startsAtMs: number
  readonly endsAtMs: number
  readonly updatedAtMs: number
  readonly generatorUrl: string
  readonly receivers: readonly string[]
  readonly status: AlertStatus
}

export interface AlertStatus {
  readonly state: 'unprocessed' | 'active' | 'suppressed'
  /** Ids of silences. */
  readonly silencedBy: readonly string[]
  /** Fingerprints of alerts. */
  readonly inhibitedBy: readonly string[]
  /** Names of time intervals. */
  readonly mutedBy: readonly string[]
  readonly acknowledgedBy: string | undefined
}

export interface ListedGroup {
  readonly labels: ReadonlyMap<string, string>
  readonly receiver: string
  readonly groupKey: string
  readonly routeId: string
  readonly alerts: readonly ListedAlert[]
}

export interface TestOutcome {
  /** `slack[0]`. */
  readonly integration: string
  readonly sent: boolean
  readonly reason: string | undefined
  readonly ms: number
}

/** Kinds of entries in the journal, and their bodies as JSON. */
export interface NotificationEntry {
  /** Subject: the contact point. Kind {@link NOTIFICATIONS}. */
  readonly integration: string
  readonly groupKey: string
  readonly groupLabels: Readonly<Record<string, string>>
  readonly status: 'firing' | 'resolved'
  readonly reason: NotificationReason
  readonly outcome: 'sent' | 'failed' | 'retrying'
  /** From 1. */
  readonly attempt: number
  readonly error?: string
  readonly ms: number
  /** Fingerprints; the first hundred. */
  readonly firing: readonly string[]
  readonly resolved: readonly string[]
  /** How many there were. */
  readonly alerts: number
  /** Their names, each once; the first twenty. Absent in entries of earlier versions. */
  readonly alertNames?: readonly string[]
}

/** A change of an alert in the manager. Subject: its fingerprint. Kind {@link ALERT_CHANGES}. */
export interface AlertChangeEntry {
  readonly change:
    | 'firing'
    | 'resolved'
    | 'silenced'
    | 'unsilenced'
    | 'acknowledged'
    | 'unacknowledged'
    | 'inhibited'
    | 'uninhibited'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  /** Who, of silences and acknowledgements. */
  readonly by?: string
  readonly comment?: string
}

/** An evaluation of an alerting rule. Subject: the rule's id. Kind {@link EVALUATIONS}. */
export interface EvaluationEntry {
  readonly ms: number
  readonly error?: string
  readonly pending: number
  readonly firing: number
  /** The first twenty alerts: labels and value as text (`NaN`, `+Inf` as they are). */
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly state: 'pending' | 'firing' | 'inactive'
    readonly value: string
  }[]
}

export const NOTIFICATIONS = 'notification'
export const ALERT_CHANGES = 'alert'
export const EVALUATIONS = 'evaluation'
