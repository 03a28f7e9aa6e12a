import { selectorsOf } from '@girok/query/promql'
import type { LabelSet } from '../../model/labels.ts'
import type { RuleGroupView, RuleView } from '../../model/rules.ts'
import { METRIC_NAME } from '../../model/sample-batch.ts'
import type { RecordingRule, Rule, RuleGroup, RuleQuery } from './rule.ts'
import { ruleId } from './rule-id.ts'
import { ended, type RuleSample, type RuleValue, recorded } from './rule-samples.ts'

/** What a group's evaluation needs of the server. */
export interface GroupServices {
  /** Answers a query at a time. */
  readonly evaluate: (query: RuleQuery, timeMs: number, signal: AbortSignal) => Promise<readonly RuleValue[]>
  /** Resolves when the samples can be queried. */
  readonly write: (samples: readonly RuleSample[], timeMs: number) => Promise<void>
  readonly intervalMs: number
  readonly queryOffsetMs: number
  readonly now: () => number
  /** Told of each fault once, until it changes. */
  readonly fault: (rule: Rule, message: string) => void
}

interface RuleState {
  readonly rule: Rule
  health: RuleView['health']
  lastError: string | undefined
  lastEvaluationMs: number | undefined
  evaluationSeconds: number
  /** Series of the last evaluation by key. */
  series: ReadonlyMap<string, LabelSet>
}

/** A group of rules and how its last evaluation went. */
export class GroupRun {
  readonly group: RuleGroup
  readonly #services: GroupServices
  readonly #states: readonly RuleState[]
  #lastEvaluationMs: number | undefined
  #evaluationSeconds = 0
  /** Evaluations that were left out. */
  missed = 0

  constructor(group: RuleGroup, services: GroupServices) {
    this.group = group
    this.#services = services
    this.#states = group.rules.map((rule) => ({
      rule,
      health: 'unknown',
      lastError: undefined,
      lastEvaluationMs: undefined,
      evaluationSeconds: 0,
      series: new Map(),
    }))
  }

  get intervalMs(): number {
    return this.group.intervalMs ?? this.#services.intervalMs
  }

  /** Takes over what an earlier form of the group has written: series that are no rule's any more then end. */
  inherit(before: GroupRun): void {
    const unclaimed = [...before.#states]
    for (const state of this.#states) {
      const at = unclaimed.findIndex(({ rule }) => rule.kind === state.rule.kind && rule.name === state.rule.name)
      const [old] = at < 0 ? [] : unclaimed.splice(at, 1)
      if (old === undefined) continue
      state.series = old.series
      state.health = old.health
      state.lastError = old.lastError
      state.lastEvaluationMs = old.lastEvaluationMs
      state.evaluationSeconds = old.evaluationSeconds
    }
    this.#orphans = unclaimed.flatMap(({ series }) => [...series])
    this.#lastEvaluationMs = before.#lastEvaluationMs
    this.#evaluationSeconds = before.#evaluationSeconds
    this.missed = before.missed
  }

  #orphans: readonly (readonly [string, LabelSet])[] = []

  /**
   * Evaluates all rules as of a time, one after the other. Samples wait until a later rule might look at them, or the end:
   * a write costs the same for one as for a thousand. Rejects only when `signal` is aborted.
   */
  async evaluate(timeMs: number, signal: AbortSignal): Promise<void> {
    const started = performance.now()
    const offsetMs = this.group.queryOffsetMs ?? this.#services.queryOffsetMs
    const atMs = timeMs - offsetMs
    let waiting: { readonly state: RuleState; readonly samples: readonly RuleSample[] }[] = []
    const flush = async (): Promise<void> => {
      const written = waiting
      waiting = []
      const samples = written.flatMap((one) => one.samples)
      if (samples.length === 0) return
      try {
        await this.#services.write(samples, atMs)
      } catch (error) {
        for (const { state } of written) this.#failed(state, error)
      }
    }
    let orphans = this.#orphans
    this.#orphans = []
    for (const state of this.#states) {
      signal.throwIfAborted()
      const { rule } = state
      // Alerts are not evaluated yet; they are listed as what they are: unknown.
      if (rule.kind === 'alerting') continue
      if (waiting.some(({ state: before }) => looksAt(rule.query, before.rule.name))) await flush()
      const ruleStarted = performance.now()
      state.lastEvaluationMs = timeMs
      try {
        const samples = await this.#record(state, rule, atMs, signal)
        waiting.push({ state, samples })
        state.health = 'ok'
        state.lastError = undefined
      } catch (error) {
        signal.throwIfAborted()
        this.#failed(state, error)
      }
      state.evaluationSeconds = (performance.now() - ruleStarted) / 1000
    }
    const live = new Set(this.#states.flatMap(({ series }) => [...series.keys()]))
    orphans = orphans.filter(([key]) => !live.has(key))
    const [first] = this.#states
    if (first !== undefined && orphans.length > 0) {
      waiting.push({ state: first, samples: orphans.map(([key, labels]) => ({ key, labels, value: undefined })) })
    }
    await flush()
    this.#lastEvaluationMs = timeMs
    this.#evaluationSeconds = (performance.now() - started) / 1000
  }

  async #record(state: RuleState, rule: RecordingRule, atMs: number, signal: AbortSignal): Promise<RuleSample[]> {
    const values = await this.#services.evaluate(rule.query, atMs, signal)
    const samples = recorded(rule, this.group.labels, this.group.limit, values)
    const series = new Map(samples.map(({ key, labels }) => [key, labels]))
    const gone = ended(state.series, series)
    state.series = series
    return [...samples, ...gone]
  }

  #failed(state: RuleState, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    if (message !== state.lastError) this.#services.fault(state.rule, message)
    state.health = 'err'
    state.lastError = message
  }

  /** Markers that all series of the group have ended. */
  endings(): RuleSample[] {
    return this.#states.flatMap(({ series }) => [...series].map(([key, labels]) => ({ key, labels, value: undefined })))
  }

  view(): RuleGroupView {
    const { group } = this
    return {
      name: group.name,
      file: group.file,
      origin: group.origin,
      language: group.language,
      intervalMs: this.intervalMs,
      limit: group.limit,
      lastEvaluationMs: this.#lastEvaluationMs,
      evaluationSeconds: this.#evaluationSeconds,
      missed: this.missed,
      rules: this.#states.map((state) => viewOf(state, group)),
    }
  }
}

function viewOf(state: RuleState, group: RuleGroup): RuleView {
  const { rule, health, lastError, lastEvaluationMs, evaluationSeconds, series } = state
  return {
    id: ruleId(group, rule),
    kind: rule.kind,
    name: rule.name,
    query: rule.query.text,
    labels: new Map([...group.labels, ...rule.labels]),
    ...(rule.kind === 'alerting' && {
      annotations: rule.annotations,
      forMs: rule.forMs,
      keepFiringForMs: rule.keepFiringForMs,
      ...(rule.reduction && { condition: rule.reduction.condition.text, overMs: rule.reduction.overMs }),
      ...(rule.keepFiringWhile && { keepFiringWhile: rule.keepFiringWhile.text }),
    }),
    health,
    lastError,
    lastEvaluationMs,
    evaluationSeconds,
    series: series.size,
  }
}

/** Whether a query may read the series of a name. LogQL reads lines alone. */
function looksAt(query: RuleQuery, name: string): boolean {
  if (query.language === 'logql') return false
  return selectorsOf(query.tree).some((selector) => {
    const exact = selector.matchers.find((matcher) => matcher.name === METRIC_NAME && matcher.op === '=')
    return exact === undefined || exact.value === name
  })
}
