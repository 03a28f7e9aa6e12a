import type { Notification, NotificationReason } from '../../../notify/notification.ts'
import { NOTIFICATIONS, type NotificationEntry } from '../alertmanager.ts'
import type { Clock } from '../clock.ts'
import type { Integration } from '../config/alertmanager-config.ts'
import type { JournalWriter } from '../journal-writer.ts'
import type { LogEntry } from '../notification-log/log-entry.ts'
import type { NotificationLog } from '../notification-log/notification-log.ts'
import { notifyReason } from '../notification-log/notify-reason.ts'
import { composeNotification } from './compose-notification.ts'
import { type Attempt, type DeliveryResult, deliver } from './deliver.ts'
import type { Flush, FlushedAlert } from './flush.ts'
import type { NotificationMetrics } from './notification-metrics.ts'
import { Places } from './places.ts'

/** Attempts to one integration that may be under way together; others are not kept waiting by it. */
const MOST_AT_ONCE = 64

/** An alert of a flush as far as it is to be told. */
export interface Candidate extends FlushedAlert {
  /** Told only to those who know it as firing: it resolved while it was silenced. */
  readonly hushed: boolean
  readonly acknowledged: boolean
}

export interface TellingOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly log: NotificationLog
  readonly journal: JournalWriter
  readonly metrics: NotificationMetrics
  readonly externalUrl: () => string
  readonly report: (
    level: 'info' | 'warning' | 'error',
    message: string,
    fields: Readonly<Record<string, unknown>>,
  ) => void
}

/** Fingerprints and names of alerts in an entry of the history. */
const MOST_LISTED = 100
const MOST_NAMES = 20

export function integrationName({ type, index }: Integration): string {
  return `${type}[${index}]`
}

/** Tells integrations what they do not know yet, and writes down what they were told. */
export class Teller {
  readonly #options: TellingOptions
  readonly #places = new WeakMap<Integration, Places>()

  constructor(options: TellingOptions) {
    this.#options = options
  }

  /**
   * @param silenced fingerprints of the alerts that fire but are not among the candidates because somebody silenced them
   * @returns whether the integration knows all and this is durable
   */
  async tell(
    integration: Integration,
    flush: Flush,
    candidates: readonly Candidate[],
    silenced: ReadonlySet<string>,
  ): Promise<boolean> {
    const { log, clock } = this.#options
    const { sendResolved } = integration.notifier
    const key = { groupKey: flush.groupKey, receiver: flush.route.receiver, integration: integrationName(integration) }
    const entry = log.get(key)
    const knows = (fingerprint: string): boolean =>
      entry !== undefined && (entry.firing.has(fingerprint) || entry.owed.has(fingerprint))
    const alerts = candidates.filter(({ alert, hushed }) => !hushed || knows(alert.fingerprint))
    const firing = alerts.filter(({ resolved }) => !resolved)
    const tidings = {
      firing: new Set(firing.map(({ alert }) => alert.fingerprint)),
      resolved: new Set(alerts.filter(({ resolved }) => resolved).map(({ alert }) => alert.fingerprint)),
      sendResolved,
      repeatIntervalMs: flush.route.repeatIntervalMs,
      acknowledged: firing.length > 0 && firing.every(({ acknowledged }) => acknowledged),
      nowMs: flush.nowMs,
    }
    const reason = alerts.length === 0 ? undefined : notifyReason(entry, tidings)
    if (reason === undefined) return await this.#durably(log.uphold(key), flush)
    const kept = reason === 'first notification' || entry === undefined ? new Map<string, string>() : entry.kept
    const told = sendResolved ? alerts : firing
    let keep: ReadonlyMap<string, string> = kept
    if (told.length > 0) {
      const result = await this.#send(integration, flush, told, reason, kept)
      if (!result.sent) return false
      keep = new Map([...kept, ...result.keep])
    }
    const next: LogEntry = {
      firing: tidings.firing,
      resolved: tidings.resolved,
      owed: new Set([...silenced].filter(knows)),
      atMs: clock.now(),
      flushMs: flush.nowMs,
      kept: keep,
    }
    return await this.#durably(log.record(key, next, 2 * flush.route.repeatIntervalMs), flush)
  }

  /** Sends a notification with all attempts that it takes, and tells of each. */
  async #send(
    integration: Integration,
    flush: Flush,
    alerts: readonly FlushedAlert[],
    reason: NotificationReason,
    kept: ReadonlyMap<string, string>,
  ): Promise<DeliveryResult> {
    const { clock, random, metrics, externalUrl, report } = this.#options
    const notification = composeNotification(flush, alerts, reason, externalUrl())
    const label = { integration: integration.type }
    metrics.notifications.add(label)
    const result = await deliver({
      clock,
      random,
      send: (signal) => this.attempt(integration, notification, signal, kept),
      signal: flush.signal,
      deadlineMs: flush.deadlineMs,
      tried: (attempt) => this.tried(integration, notification, attempt),
    })
    if (!result.sent) {
      metrics.failed.add({ ...label, reason: result.why })
      if (result.why !== 'stopped') {
        const fields = { receiver: notification.receiver, integration: integrationName(integration), ...result }
        report('error', 'notification failed', { ...fields, groupKey: notification.groupKey })
      }
    }
    return result
  }

  /** One attempt, as soon as the integration has not too many under way. */
  attempt(
    integration: Integration,
    notification: Notification,
    signal: AbortSignal,
    kept: ReadonlyMap<string, string>,
  ) {
    let places = this.#places.get(integration)
    if (places === undefined) {
      places = new Places(MOST_AT_ONCE)
      this.#places.set(integration, places)
    }
    return places.hold(signal, () => integration.notifier.send(notification, { signal, kept }))
  }

  /** Counts an attempt and writes it into the history. */
  tried(integration: Integration, notification: Notification, { outcome, number, ms, retrying }: Attempt): void {
    const { metrics, journal, report } = this.#options
    const label = { integration: integration.type }
    const name = integrationName(integration)
    metrics.requests.add(label)
    metrics.latency.observe(label, ms / 1000)
    if (!outcome.sent) metrics.requestsFailed.add(label)
    else if (outcome.warning !== undefined) {
      report('warning', outcome.warning, { receiver: notification.receiver, integration: name })
    }
    const fingerprints = (status: 'firing' | 'resolved'): readonly string[] =>
      notification.alerts
        .filter((alert) => alert.status === status)
        .slice(0, MOST_LISTED)
        .map(({ fingerprint }) => fingerprint)
    const error = outcome.sent ? outcome.warning : outcome.reason
    const names = new Set(notification.alerts.flatMap(({ labels }) => labels.get('alertname') ?? []))
    const entry: NotificationEntry = {
      integration: name,
      groupKey: notification.groupKey,
      groupLabels: Object.fromEntries(notification.groupLabels),
      status: notification.status,
      reason: notification.reason,
      outcome: outcome.sent ? 'sent' : retrying ? 'retrying' : 'failed',
      attempt: number,
      ...(error !== undefined && { error }),
      ms,
      firing: fingerprints('firing'),
      resolved: fingerprints('resolved'),
      alerts: notification.alerts.length,
      alertNames: [...names].slice(0, MOST_NAMES),
    }
    journal.add(NOTIFICATIONS, notification.receiver, entry)
  }

  async #durably(written: Promise<void>, { groupKey }: Flush): Promise<boolean> {
    try {
      await written
      return true
    } catch (error) {
      const message = 'what was notified could not be written; after a crash it may be notified again'
      this.#options.report('error', message, {
        groupKey,
        error: error instanceof Error ? error.message : String(error),
      })
      return false
    }
  }
}
