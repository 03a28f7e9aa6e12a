import { alertFingerprint } from '../../../model/alert-fingerprint.ts'
import type { Notification } from '../../../notify/notification.ts'
import type { TestOutcome } from '../alertmanager.ts'
import type { Clock } from '../clock.ts'
import type { ContactPoint, Integration } from '../config/alertmanager-config.ts'
import { printLabels } from '../routes/group-key.ts'
import { deliver } from './deliver.ts'
import { integrationName, type Teller } from './tell-integration.ts'

export interface TestOptions {
  readonly clock: Clock
  readonly teller: Teller
  readonly externalUrl: string
  /** Ends the attempts. */
  readonly signal: AbortSignal
}

const SUMMARY = 'A test of this contact point. Nothing is wrong.'

/** Sends a made-up alert through each integration once, whatever was told before; one attempt each. */
export async function testReceiver(
  { name, integrations }: ContactPoint,
  given: ReadonlyMap<string, string>,
  options: TestOptions,
): Promise<readonly TestOutcome[]> {
  const notification = testNotification(name, given, options)
  return await Promise.all(integrations.map((integration) => tryOnce(integration, notification, options)))
}

async function tryOnce(
  integration: Integration,
  notification: Notification,
  { clock, teller, signal }: TestOptions,
): Promise<TestOutcome> {
  const startMs = clock.now()
  let warning: string | undefined
  const result = await deliver({
    clock,
    random: () => 0,
    // Whoever presses the button wants to know what happens, not to wait until it works.
    send: async (attemptSignal) => {
      const outcome = await teller.attempt(integration, notification, attemptSignal, new Map())
      if (!outcome.sent) return { ...outcome, retry: false }
      warning = outcome.warning
      return outcome
    },
    signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    tried: (attempt) => teller.tried(integration, notification, attempt),
  })
  return {
    integration: integrationName(integration),
    sent: result.sent,
    reason: result.sent ? warning : result.reason,
    ms: clock.now() - startMs,
  }
}

function testNotification(
  receiver: string,
  given: ReadonlyMap<string, string>,
  { clock, externalUrl }: TestOptions,
): Notification {
  const nowMs = clock.now()
  const labels = new Map(
    [['alertname', 'GirokTest'], ...given].filter(([, value]) => value !== '') as [string, string][],
  )
  const annotations = new Map([['summary', SUMMARY]])
  // Of each test its own, or far ends that join notifications of a group would show the first one only.
  const groupLabels = new Map([...labels, ['test', new Date(nowMs).toISOString()]])
  return {
    receiver,
    groupKey: `{}:${printLabels(groupLabels)}`,
    status: 'firing',
    groupLabels: labels,
    commonLabels: labels,
    commonAnnotations: annotations,
    routeLabels: new Map(),
    reason: 'test',
    alerts: [
      {
        status: 'firing',
        labels,
        annotations,
        startsAtMs: nowMs,
        endsAtMs: undefined,
        generatorUrl: externalUrl,
        fingerprint: alertFingerprint(labels),
      },
    ],
    externalUrl,
    nowMs,
  }
}
