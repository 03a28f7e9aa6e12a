import { GirokError } from '../../../model/errors.ts'
import { readTimeInterval } from '../time-intervals/read-time-interval.ts'
import type { TimeInterval } from '../time-intervals/time-interval.ts'
import type { SilenceRecurrence } from './silences.ts'

/**
 * The spans of time in which a recurring silence is in force.
 * @throws GirokError `bad_request` that says which span is none, and why
 */
export function readRecurrence(recurrence: SilenceRecurrence): readonly TimeInterval[] {
  return recurrence.map((span, i) => {
    try {
      return readTimeInterval(span)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new GirokError('bad_request', `invalid silence: recurrence ${i}: ${error.message}`)
    }
  })
}
