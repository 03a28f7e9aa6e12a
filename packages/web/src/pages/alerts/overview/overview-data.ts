import type { AlertingResponse } from '@girok/server/contract'
import { computed } from '@preact/signals'
import { alertingPath } from '../../../api/alerting.ts'
import { alertsPath, type ManagedAlert } from '../../../api/alertmanager.ts'
import { polled } from '../../polled.ts'

const pollMs = 5000

/** Rules and their alerts, asked for every five seconds. */
export const alerting = polled<AlertingResponse>(alertingPath, pollMs)
/** Alerts in the manager with what keeps them quiet. */
export const managed = polled<readonly ManagedAlert[]>(alertsPath, pollMs)

/** What the manager says of an alert, by its fingerprint. */
export const managedByFingerprint = computed(
  () => new Map((managed.answer.value ?? []).map((alert) => [alert.fingerprint, alert])),
)

/** Asks for both while a page is shown. */
export function startOverview(): () => void {
  const stops = [alerting.start(), managed.start()]
  return () => {
    for (const stop of stops) stop()
  }
}

/** Asks for both at once, after something was changed; the regular questions go on. */
export function askAgain(): void {
  for (const one of [alerting, managed]) one.askNow()
}
