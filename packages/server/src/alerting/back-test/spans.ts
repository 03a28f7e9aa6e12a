import type { LabelSet } from '../../model/labels.ts'
import type { Alert } from '../alerts/alert-state.ts'

/** A stretch of time in which an alert was in one state; `endMs` is exclusive. Milliseconds since the epoch. */
export interface AlertSpan {
  readonly state: 'pending' | 'firing'
  readonly startMs: number
  endMs: number
}

/** An alert over the time of a back-test. */
export interface SpannedAlert {
  readonly labels: LabelSet
  /** As they were last. */
  last: Alert
  readonly spans: AlertSpan[]
}

/** Turns the states of evaluations, told in order of time, into spans. */
export class AlertSpans {
  readonly #alerts = new Map<string, SpannedAlert>()
  #open = new Map<string, AlertSpan>()

  /** Distinct alerts so far. */
  get size(): number {
    return this.#alerts.size
  }

  /** @param alerts all alerts as of a time, by key */
  add(timeMs: number, alerts: ReadonlyMap<string, Alert>): void {
    const open = new Map<string, AlertSpan>()
    for (const [key, alert] of alerts) {
      const { state, labels } = alert
      if (state === 'inactive') continue
      let known = this.#alerts.get(key)
      if (known === undefined) {
        known = { labels, last: alert, spans: [] }
        this.#alerts.set(key, known)
      }
      known.last = alert
      let span = this.#open.get(key)
      // An alert that was resolved and is pending anew has another beginning.
      if (span?.state !== state) {
        span = { state, startMs: timeMs, endMs: timeMs }
        known.spans.push(span)
      }
      open.set(key, span)
    }
    // What goes on has been there until now; so has what has just ended.
    for (const span of this.#open.values()) span.endMs = timeMs
    this.#open = open
  }

  all(): SpannedAlert[] {
    return [...this.#alerts.values()]
  }
}

/** How long an alert fired. */
export function firingMs({ spans }: Pick<SpannedAlert, 'spans'>): number {
  return spans.reduce((sum, { state, startMs, endMs }) => (state === 'firing' ? sum + endMs - startMs : sum), 0)
}
