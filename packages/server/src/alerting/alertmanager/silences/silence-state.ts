import type { Silence, SilenceChange } from './silences.ts'

export type SilenceState = Silence['state']

/** @param nowMs milliseconds since the epoch; the end is exclusive, so that what was ended now is over now */
export function silenceState(
  { startsAtMs, endsAtMs }: Pick<Silence, 'startsAtMs' | 'endsAtMs'>,
  nowMs: number,
): SilenceState {
  if (nowMs < startsAtMs) return 'pending'
  return nowMs < endsAtMs ? 'active' : 'expired'
}

/**
 * Whether a silence may take the values of a change and keep its id: only what does not rewrite which alerts were
 * silenced in the past. The start of one that is in force may differ within its second, as clients print times.
 */
export function keepsHistory(silence: SilenceChange, change: SilenceChange, nowMs: number): boolean {
  if (matchersKey(silence) !== matchersKey(change)) return false
  if (JSON.stringify(silence.recurrence ?? []) !== JSON.stringify(change.recurrence ?? [])) return false
  switch (silenceState(silence, nowMs)) {
    case 'active':
      return secondOf(silence.startsAtMs) === secondOf(change.startsAtMs) && change.endsAtMs >= nowMs
    case 'pending':
      return change.startsAtMs >= nowMs
    case 'expired':
      return false
  }
}

function matchersKey({ matchers }: Pick<SilenceChange, 'matchers'>): string {
  return JSON.stringify(matchers.map(({ name, op, value }) => [name, op, value]))
}

function secondOf(timeMs: number): number {
  return Math.floor(timeMs / 1_000)
}

const ORDER: readonly SilenceState[] = ['active', 'pending', 'expired']

/**
 * Alertmanager's order: those in force by their end, those to come by their start, then the past, the latest first. Where
 * that tells nothing: by id.
 */
export function compareSilences(a: Silence, b: Silence): number {
  return ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || compareTimes(a, b) || (a.id < b.id ? -1 : 1)
}

function compareTimes(a: Silence, b: Silence): number {
  if (a.state === 'pending') return a.startsAtMs - b.startsAtMs
  return a.state === 'active' ? a.endsAtMs - b.endsAtMs : b.endsAtMs - a.endsAtMs
}
