import { setImmediate as turn } from 'node:timers/promises'
import { GirokError } from '../../model/errors.ts'
import type { LabelSet } from '../../model/labels.ts'
import { type Alert, nextAlerts } from '../alerts/alert-state.ts'
import { type ExpansionScope, expandTemplates } from '../alerts/expand.ts'
import type { AlertingRule } from '../rules/rule.ts'
import type { RuleQueries } from '../rules/rule-answer.ts'
import { RuleFault } from '../rules/rule-samples.ts'
import type { RuleValue } from '../rules/rule-value.ts'
import { type DrawnValues, drawnValues } from './drawn-values.ts'
import { answersInPieces, type EvaluationTimes, type TimedAnswer } from './piecewise-answers.ts'
import { type AlertSpan, AlertSpans, firingMs } from './spans.ts'

export interface BackTestRequest {
  readonly rule: AlertingRule
  readonly groupLabels: ReadonlyMap<string, string>
  /** Milliseconds since the epoch; the last evaluation is at `endMs` or less than an interval before it. */
  readonly startMs: number
  readonly endMs: number
  readonly intervalMs: number
  readonly externalLabels: ReadonlyMap<string, string>
  readonly externalUrl: string
}

export interface BackTestResult {
  readonly times: EvaluationTimes
  /** The longest firing first; those that were pending only, by their first time. */
  readonly alerts: readonly {
    readonly labels: LabelSet
    /** Of the last value. */
    readonly annotations: ReadonlyMap<string, string>
    readonly spans: readonly AlertSpan[]
  }[]
  /** Times that an alert began to fire, and how long all fired together. */
  readonly fired: number
  readonly firingMs: number
  /** Evaluations that failed; nothing changes in one, as when the rule runs. */
  readonly failures: readonly { readonly timeMs: number; readonly message: string }[]
  readonly drawn: DrawnValues | undefined
}

export const MOST_EVALUATIONS = 11_000
/** Distinct alerts. */
const MOST_ALERTS = 20_000
/** Failed evaluations after which there is no use in going on. */
const MOST_FAILURES = 50
/** How long the evaluation may hold what else waits. */
const STRETCH_MS = 8

/**
 * What a rule would have done, had it been evaluated at these times: the answers of its queries in pieces, through the state
 * machine that runs rules. Templates cannot ask queries here: these have no answer. Rejects with `limit_exceeded` for too many evaluations
 * or alerts, with `bad_request` for a rule that fails again and again, and as `queries` do.
 */
export async function backTest(
  request: BackTestRequest,
  queries: RuleQueries,
  signal?: AbortSignal,
): Promise<BackTestResult> {
  const times = timesOf(request)
  const run = new BackTestRun(request)
  for await (const answers of answersInPieces(request.rule, times, queries)) {
    let started = performance.now()
    for (const answer of answers) {
      run.add(answer)
      if (performance.now() - started < STRETCH_MS) continue
      await turn()
      signal?.throwIfAborted()
      started = performance.now()
    }
  }
  return { times, ...run.result(), drawn: await drawnValues(request.rule, times, queries) }
}

function timesOf({ startMs, endMs, intervalMs }: BackTestRequest): EvaluationTimes {
  if (!(endMs >= startMs)) throw new GirokError('bad_request', 'endMs must not be before startMs')
  const count = Math.floor((endMs - startMs) / intervalMs) + 1
  if (count <= MOST_EVALUATIONS) return { startMs, intervalMs, count }
  throw new GirokError(
    'limit_exceeded',
    `a back-test has at most ${MOST_EVALUATIONS.toLocaleString('en')} evaluations, this one would have ${count.toLocaleString('en')}: take a longer interval or a shorter time`,
  )
}

class BackTestRun {
  readonly #request: BackTestRequest
  readonly #spans = new AlertSpans()
  readonly #failures: { readonly timeMs: number; readonly message: string }[] = []
  /** What the annotations of an alert are made of: they are written out once, at the end. */
  readonly #valueOf = new WeakMap<ReadonlyMap<string, string>, RuleValue>()
  #alerts: ReadonlyMap<string, Alert> = new Map()

  constructor(request: BackTestRequest) {
    this.#request = request
  }

  add({ timeMs, answer }: TimedAnswer): void {
    if ('fault' in answer) this.#failed(timeMs, answer.fault)
    else {
      const { rule, groupLabels } = this.#request
      const expand = (templates: ReadonlyMap<string, string>, value: RuleValue): ReadonlyMap<string, string> => {
        if (templates !== rule.annotations) return expandTemplates(templates, value, this.#scope(timeMs))
        const later = new Map<string, string>()
        this.#valueOf.set(later, value)
        return later
      }
      const { values, holding } = answer
      try {
        this.#alerts = nextAlerts(rule, groupLabels, 0, this.#alerts, values, timeMs, expand, holding)
      } catch (error) {
        if (!(error instanceof RuleFault)) throw error
        this.#failed(timeMs, error.message)
      }
    }
    this.#spans.add(timeMs, this.#alerts)
    if (this.#spans.size > MOST_ALERTS) {
      throw new GirokError(
        'limit_exceeded',
        `the rule gives more than ${MOST_ALERTS.toLocaleString('en')} different alerts: aggregate by fewer labels`,
      )
    }
  }

  result(): Omit<BackTestResult, 'times' | 'drawn'> {
    const alerts = this.#spans.all().map(({ labels, last, spans }) => ({
      alert: { labels, annotations: this.#annotations(last), spans },
      firing: firingMs({ spans }),
    }))
    alerts.sort((a, b) => b.firing - a.firing || startOf(a.alert.spans) - startOf(b.alert.spans))
    return {
      alerts: alerts.map(({ alert }) => alert),
      fired: alerts.reduce((sum, { alert }) => sum + alert.spans.filter(({ state }) => state === 'firing').length, 0),
      firingMs: alerts.reduce((sum, { firing }) => sum + firing, 0),
      failures: this.#failures,
    }
  }

  #annotations({ annotations, activeAtMs }: Alert): ReadonlyMap<string, string> {
    const value = this.#valueOf.get(annotations)
    if (value === undefined) return annotations
    return expandTemplates(this.#request.rule.annotations, value, this.#scope(activeAtMs))
  }

  #scope(nowMs: number): ExpansionScope {
    const { externalLabels, externalUrl } = this.#request
    return { externalLabels, externalUrl, nowMs, query: () => [] }
  }

  #failed(timeMs: number, message: string): void {
    this.#failures.push({ timeMs, message })
    if (this.#failures.length < MOST_FAILURES) return
    const at = new Date(this.#failures[0]?.timeMs ?? timeMs).toISOString()
    throw new GirokError('bad_request', `rule: the rule fails again and again, first at ${at}: ${message}`)
  }
}

function startOf(spans: readonly AlertSpan[]): number {
  return spans[0]?.startMs ?? 0
}
