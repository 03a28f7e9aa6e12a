import { type HeldAlert, isResolved } from './held-alert.ts'

/** An alert on the disk. Keys are short: there may be many. */
interface AlertRecord {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAtMs: number
  /** Of one that has resolved. */
  readonly endsAtMs?: number
  /** Of one that fires: how long it was to go on without being reported again. */
  readonly leaseMs?: number
  readonly endsByTimeout: boolean
  readonly updatedAtMs: number
  readonly generatorUrl: string
  readonly atOnce?: boolean
}

export function writeAlert(alert: HeldAlert, nowMs: number): string {
  const { startsAtMs, endsAtMs, endsByTimeout, updatedAtMs, generatorUrl } = alert
  const record: AlertRecord = {
    labels: Object.fromEntries(alert.labels),
    annotations: Object.fromEntries(alert.annotations),
    startsAtMs,
    ...(isResolved(alert, nowMs) ? { endsAtMs } : { leaseMs: leaseOf(alert) }),
    endsByTimeout,
    updatedAtMs,
    generatorUrl,
    ...(alert.atOnce && { atOnce: true }),
  }
  return JSON.stringify(record)
}

/**
 * The alert after a restart. One that fired has its lease anew: that nobody could report it meanwhile does not mean that it
 * is over.
 */
export function readAlert(fingerprint: string, body: string, nowMs: number): HeldAlert {
  const record = JSON.parse(body) as AlertRecord
  const { startsAtMs, endsByTimeout, updatedAtMs, generatorUrl } = record
  return {
    fingerprint,
    labels: new Map(Object.entries(record.labels)),
    annotations: new Map(Object.entries(record.annotations)),
    startsAtMs,
    endsAtMs: record.endsAtMs ?? nowMs + (record.leaseMs ?? 0),
    endsByTimeout,
    updatedAtMs,
    generatorUrl,
    atOnce: record.atOnce ?? false,
  }
}

/** Between a report and the end that it gave. */
export function leaseOf({ endsAtMs, updatedAtMs }: HeldAlert): number {
  return Math.max(0, endsAtMs - updatedAtMs)
}
