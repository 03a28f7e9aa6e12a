import { z } from 'zod'
import type { Notification } from '../../../notify/notification.ts'
import { defineNotifier, type Notifier, type SendOutcome } from '../../../notify/notifier.ts'
import { createMemoryJournal } from '../../../store/testing/memory-state.ts'
import { createRegistry } from '../../../telemetry/registry.ts'
import type { Alertmanager } from '../alertmanager.ts'
import { readAlertmanagerConfig } from '../config/read-config.ts'
import { createAlertmanager } from '../create-alertmanager.ts'
import { makeMatcher } from '../matchers/make-matcher.ts'
import { createHandClock } from './hand-clock.ts'
import { createMortalState } from './mortal-state.ts'

/** A scenario and what the original Alertmanager did in it; e2e/traces/record-alertmanager.mjs records it. */
export interface AlertmanagerTrace {
  readonly summary: string
  /** Lines of an alertmanager.yml. `$URL` is the sink, `$MUTED` the minute in which it begins. */
  readonly config: readonly string[]
  readonly durationMs: number
  /** Status codes that contact points answer first. */
  readonly answers?: Readonly<Record<string, readonly number[]>>
  /** By how much times may differ because the original leaves them to chance. */
  readonly toleranceMs?: number
  readonly steps: readonly TraceStep[]
  readonly recorded: { readonly version: string; readonly startAt: string }
  readonly notifications: readonly TracedNotification[]
}

/** Times are milliseconds since the start. */
export interface TraceStep {
  readonly atMs: number
  readonly alerts?: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly startsAtMs?: number
    readonly endsAtMs?: number
  }[]
  readonly silence?: {
    readonly match: Readonly<Record<string, string>>
    readonly startsAtMs: number
    readonly endsAtMs: number
    /** Of Girok alone. */
    readonly notifyResolved?: boolean
  }
}

export interface TracedNotification {
  readonly atMs: number
  /** What was answered. */
  readonly status: number
  /** The webhook without the address of the server; times are milliseconds since the start. */
  readonly body: unknown
}

/** What Girok does in the same scenario. */
export async function replayTrace(trace: AlertmanagerTrace): Promise<readonly TracedNotification[]> {
  const clock = createHandClock(Date.parse(trace.recorded.startAt))
  const startMs = clock.now()
  const found: TracedNotification[] = []
  const answers = new Map(Object.entries(trace.answers ?? {}).map(([receiver, codes]) => [receiver, [...codes]]))
  const take = (notification: Notification): SendOutcome => {
    const status = answers.get(notification.receiver)?.shift() ?? 200
    found.push({ atMs: clock.now() - startMs, status, body: bodyOf(notification, startMs) })
    return status === 200 ? { sent: true } : { sent: false, retry: status >= 500, reason: `status ${status}` }
  }
  const manager = await createAlertmanager({
    tenant: 'default',
    state: createMortalState(() => clock.now()),
    journal: createMemoryJournal(),
    clock,
    config: readConfig(configText(trace), sinkNotifier(take)),
    notify: true,
    externalUrl: () => 'http://girok.test',
    retentionMs: 86_400_000,
    registry: createRegistry(),
    log: () => {},
    random: () => 0.5,
  })
  await manager.start()
  for (const step of trace.steps) {
    await clock.advance(startMs + step.atMs - clock.now())
    await doStep(manager, step, startMs)
  }
  await clock.advance(startMs + trace.durationMs - clock.now())
  await manager.stop()
  return found
}

async function doStep(manager: Alertmanager, { alerts, silence }: TraceStep, startMs: number): Promise<void> {
  const time = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : startMs + ms)
  if (alerts !== undefined) {
    await manager.report(
      alerts.map(({ labels, annotations = {}, startsAtMs, endsAtMs }) => ({
        labels: new Map(Object.entries(labels)),
        annotations: new Map(Object.entries(annotations)),
        startsAtMs: time(startsAtMs),
        endsAtMs: time(endsAtMs),
        generatorUrl: '',
      })),
    )
  }
  if (silence !== undefined) {
    await manager.silences.set({
      matchers: Object.entries(silence.match).map(([name, value]) => makeMatcher(name, '=', value)),
      startsAtMs: startMs + silence.startsAtMs,
      endsAtMs: startMs + silence.endsAtMs,
      createdBy: 'ann',
      comment: 'planned',
      ...(silence.notifyResolved !== undefined && { notifyResolved: silence.notifyResolved }),
    })
  }
}

function configText({ config, recorded }: AlertmanagerTrace): string {
  const at = (ms: number): string => new Date(ms).toISOString().slice(11, 16)
  const minuteMs = Math.floor(Date.parse(recorded.startAt) / 60_000) * 60_000
  return config
    .join('\n')
    .replaceAll('$URL', 'http://sink.test')
    .replaceAll('$MUTED', `{start_time: '${at(minuteMs)}', end_time: '${at(minuteMs + 60_000)}'}`)
}

function readConfig(text: string, webhook: Notifier) {
  const { config, problems } = readAlertmanagerConfig(text, {
    name: 'alertmanager.yml',
    file: '/etc/alertmanager.yml',
    notifiers: { webhook },
    open: (notifier, options) => notifier.open(options, undefined as never),
  })
  if (config === undefined) throw new Error(problems.join('\n'))
  return config
}

function sinkNotifier(take: (notification: Notification) => SendOutcome): Notifier {
  const notifier = defineNotifier({
    name: 'webhook',
    configKey: 'webhook_configs',
    summary: 'Keeps what it is told.',
    options: z.strictObject({ url: z.string(), send_resolved: z.boolean().default(true) }),
    example: {},
    complete: (options) => options,
    open: ({ send_resolved }) => ({ sendResolved: send_resolved, send: async (notification) => take(notification) }),
  })
  return notifier as Notifier
}

function bodyOf(notification: Notification, startMs: number): unknown {
  const { receiver, status, groupKey, reason, groupLabels, commonLabels, commonAnnotations, alerts } = notification
  return {
    receiver,
    status,
    alerts: alerts.map((alert) => ({
      status: alert.status,
      labels: Object.fromEntries(alert.labels),
      annotations: Object.fromEntries(alert.annotations),
      startsAt: alert.startsAtMs - startMs,
      endsAt: alert.endsAtMs === undefined ? null : alert.endsAtMs - startMs,
      generatorURL: alert.generatorUrl,
      fingerprint: alert.fingerprint,
    })),
    notification_reason: reason,
    groupLabels: Object.fromEntries(groupLabels),
    commonLabels: Object.fromEntries(commonLabels),
    commonAnnotations: Object.fromEntries(commonAnnotations),
    version: '4',
    groupKey,
    truncatedAlerts: 0,
  }
}
