import { type HeldAlert, isResolved } from './held-alert.ts'

/**
 * What is held after another report of an alert. Where the spans of both overlap they become one: the earlier start
 * counts, and an end that somebody gave is not cut short by a mere resolve timeout. Else the report takes the place of what
 * was there: it fires anew.
 */
export function mergeAlerts(before: HeldAlert, report: HeldAlert, nowMs: number): HeldAlert {
  const next = { ...report, labels: before.labels }
  if (!overlap(before, report)) return next
  const startsAtMs = Math.min(before.startsAtMs, report.startsAtMs)
  const endsLater = before.endsAtMs > report.endsAtMs
  const keepsEnd = isResolved(report, nowMs)
    ? endsLater && isResolved(before, nowMs)
    : endsLater && !before.endsByTimeout
  return { ...next, startsAtMs, endsAtMs: keepsEnd ? before.endsAtMs : report.endsAtMs }
}

function overlap(before: HeldAlert, report: HeldAlert): boolean {
  const within = (timeMs: number): boolean => timeMs > before.startsAtMs && timeMs < before.endsAtMs
  return within(report.endsAtMs) || within(report.startsAtMs)
}
