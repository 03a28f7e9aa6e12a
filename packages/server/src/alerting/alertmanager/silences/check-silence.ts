import { GirokError } from '../../../model/errors.ts'
import { readRecurrence } from './recurrence.ts'
import type { SilenceChange } from './silences.ts'

/**
 * Refuses what Alertmanager refuses, in its words and its order, because programs show them to people.
 * @param nowMs milliseconds since the epoch
 * @throws GirokError `bad_request`
 */
export function checkSilence({ matchers, startsAtMs, endsAtMs, recurrence }: SilenceChange, nowMs: number): void {
  checkSilenceSpan({ startsAtMs, endsAtMs }, nowMs)
  if (matchers.length === 0) throw refused('invalid silence: at least one matcher required')
  if (matchers.every(({ op, matches }) => (op === '=' || op === '=~') && matches(''))) {
    throw refused('invalid silence: matcher set 0: at least one matcher must not match the empty string')
  }
  if (recurrence !== undefined) readRecurrence(recurrence)
}

/**
 * The part of {@link checkSilence} that comes before matchers are looked at.
 * @throws GirokError `bad_request`
 */
export function checkSilenceSpan(
  { startsAtMs, endsAtMs }: Pick<SilenceChange, 'startsAtMs' | 'endsAtMs'>,
  nowMs: number,
): void {
  if (!(startsAtMs < endsAtMs)) throw refused('Failed to create silence: start time must be before end time')
  if (endsAtMs < nowMs) throw refused("Failed to create silence: end time can't be in the past")
}

function refused(message: string): GirokError {
  return new GirokError('bad_request', message)
}
