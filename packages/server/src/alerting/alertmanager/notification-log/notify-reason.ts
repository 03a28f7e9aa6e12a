import type { NotificationReason } from '../../../notify/notification.ts'
import type { LogEntry } from './log-entry.ts'

/** What there is to tell now. Sets are of fingerprints. */
export interface Tidings {
  readonly firing: ReadonlySet<string>
  readonly resolved: ReadonlySet<string>
  readonly sendResolved: boolean
  readonly repeatIntervalMs: number
  /** Somebody has taken care of everything that fires. */
  readonly acknowledged: boolean
  readonly nowMs: number
}

/**
 * Why an integration has to be notified now, given what it was told last; undefined: it knows all. The rules are those of
 * Alertmanager 0.33, but that nothing is repeated when all is acknowledged.
 */
export function notifyReason(entry: LogEntry | undefined, tidings: Tidings): NotificationReason | undefined {
  const { firing, resolved, sendResolved, repeatIntervalMs, acknowledged, nowMs } = tidings
  if (entry === undefined) return firing.size > 0 ? 'first notification' : undefined
  if (!isSubset(firing, entry.firing)) {
    return entry.firing.size === 0 ? 'first notification' : 'new alerts added'
  }
  if (firing.size === 0) {
    // Whatever send_resolved says: the log has to know that nothing fires any more.
    const owes = entry.firing.size > 0 || [...entry.owed].some((one) => resolved.has(one))
    return owes ? 'all alerts resolved' : undefined
  }
  if (sendResolved && !isSubset(resolved, entry.resolved)) return 'some alerts resolved'
  const isDue = entry.atMs < nowMs - repeatIntervalMs
  return isDue && !acknowledged ? 'repeat interval elapsed' : undefined
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  if (part.size > whole.size) return false
  for (const one of part) if (!whole.has(one)) return false
  return true
}
