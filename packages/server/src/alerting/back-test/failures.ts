import { GirokError } from '../../model/errors.ts'

/** An evaluation that failed: nothing changes in one, as when the rule runs. */
export interface FailedEvaluation {
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  readonly message: string
}

/** Failed evaluations after which there is no use in going on. */
const MOST_FAILURES = 50

/** The evaluations of a back-test that failed. */
export class Failures {
  readonly #all: FailedEvaluation[] = []

  /** Throws `bad_request` for a rule that fails again and again. */
  add(timeMs: number, message: string): void {
    this.#all.push({ timeMs, message })
    if (this.#all.length < MOST_FAILURES) return
    const at = new Date(this.#all[0]?.timeMs ?? timeMs).toISOString()
    throw new GirokError('bad_request', `rule: the rule fails again and again, first at ${at}: ${message}`)
  }

  from(startMs: number): readonly FailedEvaluation[] {
    return this.#all.filter(({ timeMs }) => timeMs >= startMs)
  }
}
