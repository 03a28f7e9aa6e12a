import { GirokError } from '../../model/errors.ts'
import type { LabelSet } from '../../model/labels.ts'
import { type Alert, type ExpandTemplates, nextAlerts } from '../alerts/alert-state.ts'
import { type ExpansionScope, expandTemplates } from '../alerts/expand.ts'
import { asksQueries } from '../rules/alert-template.ts'
import type { AlertingRule } from '../rules/rule.ts'
import type { RuleAnswer, RuleQueries } from '../rules/rule-answer.ts'
import { RuleFault } from '../rules/rule-samples.ts'
import type { RuleValue } from '../rules/rule-value.ts'
import { type DrawnValues, drawnValues } from './drawn-values.ts'
import { eachAnswer } from './each-answer.ts'
import { type FailedEvaluation, Failures } from './failures.ts'
import type { EvaluationTimes, TimedAnswer } from './piecewise-answers.ts'
import { type BackTestRequest, evaluationTimes, warmUpEvaluations } from './request.ts'
import { type AlertSpan, AlertSpans, firingMs } from './spans.ts'
import { TemplateQuestions } from './template-questions.ts'

export interface BackTestResult {
  readonly kind: 'alerting'
  readonly times: EvaluationTimes
  /** The longest firing first; those that were pending only, by their first time. */
  readonly alerts: readonly {
    readonly labels: LabelSet
    /** Of the last value. */
    readonly annotations: ReadonlyMap<string, string>
    readonly spans: readonly AlertSpan[]
  }[]
  /** Times that an alert began to fire, or fired at the start already, and how long all fired together. */
  readonly fired: number
  readonly firingMs: number
  readonly failures: readonly FailedEvaluation[]
  readonly drawn: DrawnValues | undefined
}

/** Distinct alerts. */
const MOST_ALERTS = 20_000

/**
 * What an alerting rule would have done, had it been evaluated at these times: the answers of its queries in pieces, through
 * the state machine that runs rules, which begins so long before the start that alerts are then as they would have been.
 * Rejects with `limit_exceeded` for too many evaluations, alerts or questions of labels, with `bad_request` for a rule that
 * fails again and again, and as `queries` do.
 */
export async function backTest(
  request: BackTestRequest<AlertingRule>,
  queries: RuleQueries,
  signal?: AbortSignal,
): Promise<BackTestResult> {
  const times = evaluationTimes(request)
  const before = warmUpEvaluations(request)
  const warmUp = { ...times, startMs: times.startMs - before * times.intervalMs, count: before + times.count }
  const { rule, group } = request
  const { queryOffsetMs } = group
  const run = new BackTestRun(request, queries)
  await eachAnswer({ rule, queryOffsetMs }, warmUp, queries, (answer) => run.add(answer), signal)
  const result = await run.result(signal)
  return { kind: 'alerting', times, ...result, drawn: await drawnValues(rule, queryOffsetMs, times, queries) }
}

/** What the annotations of an alert are made of: they are written out once, at the end. */
interface LateAnnotations {
  readonly value: RuleValue
  readonly timeMs: number
}

class BackTestRun {
  readonly #request: BackTestRequest<AlertingRule>
  readonly #queries: RuleQueries
  readonly #spans = new AlertSpans()
  readonly #failures = new Failures()
  readonly #late = new WeakMap<ReadonlyMap<string, string>, LateAnnotations>()
  readonly #questionsOfLabels: TemplateQuestions | undefined
  #alerts: ReadonlyMap<string, Alert> = new Map()

  constructor(request: BackTestRequest<AlertingRule>, queries: RuleQueries) {
    this.#request = request
    this.#queries = queries
    const { rule, group } = request
    if (asksQueries([...group.labels.values(), ...rule.labels.values()])) {
      this.#questionsOfLabels = new TemplateQuestions(rule.query.language, queries, 'reject')
    }
  }

  async add({ timeMs, answer }: TimedAnswer): Promise<void> {
    if ('fault' in answer) this.#failures.add(timeMs, answer.fault)
    else {
      try {
        this.#alerts = await this.#next(answer, timeMs)
      } catch (error) {
        if (!(error instanceof RuleFault)) throw error
        this.#failures.add(timeMs, error.message)
      }
    }
    if (timeMs >= this.#request.startMs) this.#spans.add(timeMs, this.#alerts)
    if (Math.max(this.#spans.size, this.#alerts.size) > MOST_ALERTS) {
      throw new GirokError(
        'limit_exceeded',
        `the rule gives more than ${MOST_ALERTS.toLocaleString('en')} different alerts: aggregate by fewer labels`,
      )
    }
  }

  async #next({ values, holding }: RuleAnswer, timeMs: number): Promise<ReadonlyMap<string, Alert>> {
    const { rule, group } = this.#request
    const scope = this.#scope(timeMs)
    const next = (labelsBy: ExpandTemplates): ReadonlyMap<string, Alert> => {
      const expand: ExpandTemplates = (templates, value) => {
        if (templates !== rule.annotations) return labelsBy(templates, value)
        const later = new Map<string, string>()
        this.#late.set(later, { value, timeMs })
        return later
      }
      return nextAlerts(rule, group.labels, group.limit, this.#alerts, values, timeMs, expand, holding)
    }
    if (this.#questionsOfLabels !== undefined) return await this.#questionsOfLabels.expand(scope, next)
    return next((templates, value) => expandTemplates(templates, value, { ...scope, query: () => [] }))
  }

  async result(signal: AbortSignal | undefined): Promise<Omit<BackTestResult, 'kind' | 'times' | 'drawn'>> {
    const found = this.#spans.all().map((alert) => ({ ...alert, firing: firingMs(alert) }))
    found.sort((a, b) => b.firing - a.firing || startOf(a.spans) - startOf(b.spans))
    const questions = new TemplateQuestions(this.#request.rule.query.language, this.#queries, 'tell')
    const alerts: BackTestResult['alerts'][number][] = []
    for (const { labels, last, spans } of found) {
      signal?.throwIfAborted()
      alerts.push({ labels, annotations: await this.#annotations(last, questions), spans })
    }
    return {
      alerts,
      fired: found.reduce((sum, { spans }) => sum + spans.filter(({ state }) => state === 'firing').length, 0),
      firingMs: found.reduce((sum, { firing }) => sum + firing, 0),
      failures: this.#failures.from(this.#request.startMs),
    }
  }

  async #annotations({ annotations }: Alert, questions: TemplateQuestions): Promise<ReadonlyMap<string, string>> {
    const late = this.#late.get(annotations)
    if (late === undefined) return annotations
    const templates = this.#request.rule.annotations
    return await questions.expand(this.#scope(late.timeMs), (expand) => expand(templates, late.value))
  }

  #scope(nowMs: number): Omit<ExpansionScope, 'query'> {
    const { externalLabels, externalUrl, rule } = this.#request
    return { externalLabels, externalUrl, nowMs, ruleName: rule.name }
  }
}

function startOf(spans: readonly AlertSpan[]): number {
  return spans[0]?.startMs ?? 0
}
