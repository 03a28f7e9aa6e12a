import type { Alert } from './alert-state.ts'

/**
 * How long after the first evaluation alerts of before a restart wait for their series. A server that was down for longer
 * than queries look back has no samples before it has scraped again: that an alert's series is missing then says nothing.
 */
export function settlingMs(intervalMs: number): number {
  return 2 * intervalMs + 60_000
}

/**
 * Leaves alerts as they were before a restart whose series has not come again: they neither resolve nor are forgotten.
 *
 * @param awaited those whose series has not been seen since; empty once they are not waited for any more
 * @returns the alerts, and those that are still awaited
 */
export function withAwaited(
  next: ReadonlyMap<string, Alert>,
  awaited: ReadonlyMap<string, Alert>,
): { readonly alerts: ReadonlyMap<string, Alert>; readonly awaited: ReadonlyMap<string, Alert> } {
  if (awaited.size === 0) return { alerts: next, awaited }
  const missing = new Map([...awaited].filter(([key]) => (next.get(key)?.state ?? 'inactive') === 'inactive'))
  return { alerts: missing.size === 0 ? next : new Map([...next, ...missing]), awaited: missing }
}
