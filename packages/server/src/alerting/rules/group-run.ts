import type { ReportedAlert } from '../../model/alert.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { RuleGroupView } from '../../model/rules.ts'
import type { JournalEntry } from '../../store/journal/journal-store.ts'
import type { StateChange } from '../../store/state/state-store.ts'
import { alertSamples } from '../alerts/alert-samples.ts'
import { type Alert, nextAlerts } from '../alerts/alert-state.ts'
import { settlingMs, withAwaited } from '../alerts/awaited-alerts.ts'
import { dueReports } from '../alerts/due-reports.ts'
import { evaluationEntry } from '../alerts/evaluation-entry.ts'
import { withTemplateQueries } from '../alerts/expand-with-queries.ts'
import { generatorUrl } from '../alerts/generator-url.ts'
import { changesTo, removals } from '../alerts/kept-alerts.ts'
import type { GroupServices } from './group-services.ts'
import { stagesOf } from './group-stages.ts'
import type { AlertingRule, RuleGroup } from './rule.ts'
import { answerRule, type RuleAnswer, type RuleQueries, wantedAnswers } from './rule-answer.ts'
import { ended, type RuleSample, recorded } from './rule-samples.ts'
import { type RuleState, ruleStates, ruleView, takeOver } from './rule-state.ts'

const NONE_AWAITED: ReadonlyMap<string, Alert> = new Map()

/** Samples on their way to the store, and whose they are. */
interface Written {
  readonly state: RuleState | undefined
  readonly samples: readonly RuleSample[]
}

/** A group of rules and how its last evaluation went. */
export class GroupRun {
  readonly group: RuleGroup
  readonly #services: GroupServices
  readonly #states: readonly RuleState[]
  readonly #stages: readonly (readonly RuleState[])[]
  #firstEvaluationMs: number | undefined
  #lastEvaluationMs: number | undefined
  #evaluationSeconds = 0
  /** Series that were some rule's, and are to end. */
  #orphans: readonly (readonly [string, LabelSet])[] = []
  /** What the store still holds of alerts whose rule has gone. */
  #forgotten: readonly StateChange[] = []
  /** Evaluations that were left out. */
  missed = 0

  constructor(group: RuleGroup, services: GroupServices) {
    this.group = group
    this.#services = services
    this.#states = ruleStates(group, (identity) => services.alerts.memory.take(identity))
    this.#stages = stagesOf(this.#states)
  }

  get intervalMs(): number {
    return this.group.intervalMs ?? this.#services.intervalMs
  }

  get #queryOffsetMs(): number {
    return this.group.queryOffsetMs ?? this.#services.queryOffsetMs
  }

  /** Takes over what an earlier form of the group has done: series and alerts that are no rule's any more then end. */
  inherit(before: GroupRun): void {
    const unclaimed = new Map(before.#states.map((state) => [state.identity, state]))
    for (const state of this.#states) {
      const old = unclaimed.get(state.identity)
      if (old === undefined) continue
      unclaimed.delete(state.identity)
      takeOver(state, old)
    }
    const gone = [...unclaimed.values()]
    this.#orphans = [...before.#orphans, ...gone.flatMap(({ series }) => [...series])]
    this.#forgotten = [...before.#forgotten, ...gone.flatMap(({ identity, kept }) => removals(identity, kept))]
    this.#firstEvaluationMs = before.#firstEvaluationMs
    this.#lastEvaluationMs = before.#lastEvaluationMs
    this.#evaluationSeconds = before.#evaluationSeconds
    this.missed = before.missed
  }

  /**
   * Evaluates all rules as of a time, in their order. What alerts have become is on the disk before it is reported. Rejects
   * only when `signal` is aborted.
   */
  async evaluate(timeMs: number, signal: AbortSignal): Promise<void> {
    const started = performance.now()
    const atMs = timeMs - this.#queryOffsetMs
    const history: JournalEntry[] = []
    const evaluated: RuleState[] = []
    for (const stage of this.#stages) {
      const wanted = stage.flatMap(({ rule }) => wantedAnswers(rule, atMs))
      const queries = await this.#services.queries(wanted, signal)
      const written: Written[] = []
      for (const state of stage) {
        const ruleStarted = performance.now()
        const samples = await this.#evaluateRule(state, queries, timeMs, signal).catch((error: unknown) => {
          this.#owe(written)
          throw error
        })
        const tookMs = performance.now() - ruleStarted
        state.lastEvaluationMs = timeMs
        state.evaluationSeconds = tookMs / 1000
        if (samples !== undefined) {
          written.push({ state, samples })
          evaluated.push(state)
        }
        if (state.rule.kind === 'alerting') {
          history.push(evaluationEntry(state.id, timeMs, tookMs, state.alerts, state.lastError))
        }
      }
      // With what came in their place, lest both are seen for a while.
      if (stage === this.#stages.at(-1)) written.push({ state: undefined, samples: this.#orphanEndings() })
      await this.#write(written, atMs)
    }
    await this.#keepAlerts()
    this.#services.alerts.report(this.#reportsOf(evaluated, timeMs))
    if (history.length > 0) this.#services.alerts.history(history)
    this.#lastEvaluationMs = timeMs
    this.#evaluationSeconds = (performance.now() - started) / 1000
  }

  /** The samples that a rule gives; undefined when it failed: then nothing of it changes. */
  async #evaluateRule(
    state: RuleState,
    queries: RuleQueries,
    timeMs: number,
    signal: AbortSignal,
  ): Promise<readonly RuleSample[] | undefined> {
    signal.throwIfAborted()
    const { rule } = state
    const { group } = this
    try {
      const answer = await answerRule(rule, timeMs - this.#queryOffsetMs, queries)
      let samples: readonly RuleSample[]
      if (rule.kind === 'recording') samples = recorded(rule, group.labels, group.limit, answer.values)
      else {
        const next = await this.#nextAlerts(state, rule, answer, queries, timeMs)
        // A stop makes the queries of templates fail, which labels would tell.
        signal.throwIfAborted()
        Object.assign(state, withAwaited(next, this.#isSettling(timeMs) ? state.awaited : NONE_AWAITED))
        samples = alertSamples(state.alerts.values())
      }
      const series = new Map(samples.map(({ key, labels }) => [key, labels]))
      const gone = ended(state.series, series)
      state.series = series
      state.health = 'ok'
      state.lastError = undefined
      return [...samples, ...gone]
    } catch (error) {
      signal.throwIfAborted()
      this.#failed(state, error)
      return undefined
    }
  }

  #isSettling(timeMs: number): boolean {
    this.#firstEvaluationMs ??= timeMs
    return timeMs - this.#firstEvaluationMs < settlingMs(this.intervalMs)
  }

  #nextAlerts(
    { alerts }: RuleState,
    rule: AlertingRule,
    { values, holding }: RuleAnswer,
    queries: RuleQueries,
    timeMs: number,
  ): Promise<RuleState['alerts']> {
    const { group } = this
    const { externalLabels, externalUrl } = this.#services.alerts
    return withTemplateQueries(
      group.language,
      { externalLabels, externalUrl: externalUrl(), nowMs: timeMs, ruleName: rule.name },
      (query) => queries.instant(query, timeMs),
      (expand) => nextAlerts(rule, group.labels, group.limit, alerts, values, timeMs, expand, holding),
    )
  }

  async #write(written: readonly Written[], atMs: number): Promise<void> {
    const samples = written.flatMap((one) => one.samples)
    if (samples.length === 0) return
    try {
      await this.#services.write(samples, atMs)
    } catch (error) {
      this.#owe(written)
      for (const { state } of written) if (state !== undefined) this.#failed(state, error)
    }
  }

  /** Endings that were not written are with the next evaluation, or with the group that takes over. */
  #owe(written: readonly Written[]): void {
    const endings = written.flatMap(({ samples }) => samples.filter(({ value }) => value === undefined))
    this.#orphans = [...this.#orphans, ...endings.map(({ key, labels }) => [key, labels] as const)]
  }

  #orphanEndings(): readonly RuleSample[] {
    if (this.#orphans.length === 0) return []
    const live = new Set(this.#states.flatMap(({ series }) => [...series.keys()]))
    const gone = this.#orphans.filter(([key]) => !live.has(key))
    this.#orphans = []
    return markers(gone)
  }

  /** Alerts that cannot be kept are reported all the same: only a restart would forget them. Tried again next time. */
  async #keepAlerts(): Promise<void> {
    const differing = this.#states.flatMap((state) => {
      const { changes, kept } = changesTo(state.identity, state.kept, state.alerts)
      return changes.length === 0 ? [] : [{ state, changes, kept }]
    })
    const changes = [...this.#forgotten, ...differing.flatMap((one) => one.changes)]
    if (changes.length === 0) return
    try {
      await this.#services.alerts.memory.put(changes)
      this.#forgotten = []
      for (const { state, kept } of differing) state.kept = kept
    } catch (error) {
      this.#services.alerts.notKept(error)
    }
  }

  #reportsOf(evaluated: readonly RuleState[], timeMs: number): readonly ReportedAlert[] {
    const { externalLabels, externalUrl, resendDelayMs } = this.#services.alerts
    return evaluated.flatMap((state) => {
      if (state.alerts.size === 0) return []
      const { reports, reported } = dueReports(state.alerts, state.reported, timeMs, {
        intervalMs: this.intervalMs,
        resendDelayMs,
        externalLabels,
        generatorUrl: generatorUrl(externalUrl(), state.rule.query),
      })
      state.reported = reported
      return reports
    })
  }

  #failed(state: RuleState, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    if (message !== state.lastError) this.#services.fault(state.rule, message)
    state.health = 'err'
    state.lastError = message
  }

  /** Markers that all series of the group have ended. */
  endings(): RuleSample[] {
    return markers([...this.#orphans, ...this.#states.flatMap(({ series }) => [...series])])
  }

  /** What removes all that the store holds of the group's alerts. */
  forgottenAlerts(): readonly StateChange[] {
    return [...this.#forgotten, ...this.#states.flatMap(({ identity, kept }) => removals(identity, kept))]
  }

  view(): RuleGroupView {
    const { group } = this
    const states = this.#states
    return {
      name: group.name,
      file: group.file,
      origin: group.origin,
      language: group.language,
      intervalMs: this.intervalMs,
      limit: group.limit,
      queryOffsetMs: this.#queryOffsetMs,
      labels: group.labels,
      lastEvaluationMs: this.#lastEvaluationMs,
      evaluationSeconds: this.#evaluationSeconds,
      missed: this.missed,
      get rules() {
        return states.map((state) => ruleView(state, group))
      },
    }
  }
}

function markers(series: readonly (readonly [string, LabelSet])[]): RuleSample[] {
  return series.map(([key, labels]) => ({ key, labels, value: undefined }))
}
