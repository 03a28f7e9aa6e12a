import type { ReportedAlert } from '../../model/alert.ts'
import type { Alert } from './alert-state.ts'

/** When an alert was reported last, and which: one that comes anew has another time from which it is active. */
export interface Report {
  readonly activeAtMs: number
  readonly timeMs: number
}

export interface ReportTerms {
  readonly intervalMs: number
  /** How often what goes on firing, or has resolved, is reported anew. */
  readonly resendDelayMs: number
  /** Added to alerts that have no such label. */
  readonly externalLabels: ReadonlyMap<string, string>
  readonly generatorUrl: string
}

/** Evaluations (or waits) that may fail before a receiver takes an alert for resolved. */
const PATIENCE = 4

/**
 * What has to be reported after an evaluation: alerts that have begun to fire, those that have resolved, and those whose last
 * report is longer ago than the delay. As Prometheus does, so that its Alertmanager groups and repeats the same.
 */
export function dueReports(
  alerts: ReadonlyMap<string, Alert>,
  reported: ReadonlyMap<string, Report>,
  timeMs: number,
  terms: ReportTerms,
): { readonly reports: readonly ReportedAlert[]; readonly reported: ReadonlyMap<string, Report> } {
  const reports: ReportedAlert[] = []
  const next = new Map<string, Report>()
  for (const [key, alert] of alerts) {
    const known = reported.get(key)
    const last = known?.activeAtMs === alert.activeAtMs ? known : undefined
    if (isDue(alert, last?.timeMs, timeMs, terms.resendDelayMs)) {
      next.set(key, { activeAtMs: alert.activeAtMs, timeMs })
      reports.push(reportOf(alert, timeMs, terms))
    } else if (last !== undefined) next.set(key, last)
  }
  return { reports, reported: next }
}

function isDue({ state, resolvedAtMs }: Alert, lastMs: number | undefined, timeMs: number, delayMs: number): boolean {
  if (state === 'pending') return false
  if (lastMs === undefined || (resolvedAtMs !== undefined && resolvedAtMs > lastMs)) return true
  return lastMs + delayMs < timeMs
}

function reportOf(alert: Alert, timeMs: number, terms: ReportTerms): ReportedAlert {
  const { intervalMs, resendDelayMs, externalLabels, generatorUrl } = terms
  return {
    labels: new Map([...externalLabels, ...alert.labels]),
    annotations: alert.annotations,
    startsAtMs: alert.firedAtMs,
    endsAtMs: alert.resolvedAtMs ?? timeMs + PATIENCE * Math.max(intervalMs, resendDelayMs),
    generatorUrl,
  }
}
