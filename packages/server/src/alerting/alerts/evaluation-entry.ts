import type { JournalEntry } from '../../store/journal/journal-store.ts'
import { EVALUATIONS, type EvaluationEntry } from '../alertmanager/alertmanager.ts'
import type { Alert } from './alert-state.ts'

/** Alerts that an entry names. */
const MOST_NAMED = 20

/**
 * What the journal keeps of an evaluation of an alerting rule: how many alerts there are and their values, those that have
 * resolved in it too.
 */
export function evaluationEntry(
  ruleId: string,
  timeMs: number,
  tookMs: number,
  alerts: ReadonlyMap<string, Alert>,
  error: string | undefined,
): JournalEntry {
  const told: EvaluationEntry['alerts'][number][] = []
  const counts = { pending: 0, firing: 0 }
  for (const { state, labels, value, resolvedAtMs } of alerts.values()) {
    if (state !== 'inactive') counts[state]++
    else if (resolvedAtMs !== timeMs) continue
    if (told.length < MOST_NAMED) told.push({ labels: Object.fromEntries(labels), state, value: valueText(value) })
  }
  const body: EvaluationEntry = {
    ms: Math.round(tookMs * 100) / 100,
    ...(error !== undefined && { error: error.slice(0, 1_000) }),
    ...counts,
    alerts: told,
  }
  return { kind: EVALUATIONS, subject: ruleId, timeMs, body: JSON.stringify(body) }
}

function valueText(value: number): string {
  return Number.isNaN(value) || Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
}
