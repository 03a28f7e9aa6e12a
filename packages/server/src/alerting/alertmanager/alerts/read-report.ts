import type { ReportedAlert } from '../../../model/alert.ts'
import { alertFingerprint } from '../../../model/alert-fingerprint.ts'
import type { HeldAlert } from './held-alert.ts'

/**
 * An alert as Alertmanager 0.33 takes it from its API: without a start it starts now, or at its end where that is given;
 * without an end it lasts for the resolve timeout. The text says what is wrong, in Alertmanager's words.
 */
export function readReport(report: ReportedAlert, nowMs: number, resolveTimeoutMs: number): HeldAlert | string {
  const startsAtMs = report.startsAtMs ?? report.endsAtMs ?? nowMs
  const endsAtMs = report.endsAtMs ?? nowMs + resolveTimeoutMs
  if (endsAtMs < startsAtMs) return 'start time must be before end time'
  const labels = new Map<string, string>()
  for (const [name, value] of report.labels) if (value !== '') labels.set(name, value)
  if (labels.size === 0) return 'at least one label pair required'
  if (labels.has('')) return 'invalid label set: invalid name ""'
  if (report.annotations.has('')) return 'invalid annotations: invalid name ""'
  return {
    fingerprint: alertFingerprint(labels),
    labels,
    annotations: report.annotations,
    startsAtMs,
    endsAtMs,
    endsByTimeout: report.endsAtMs === undefined,
    updatedAtMs: nowMs,
    generatorUrl: report.generatorUrl,
    atOnce: report.atOnce ?? false,
  }
}
