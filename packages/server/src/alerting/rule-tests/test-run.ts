import { type LogEntry, type LogExpr, type MetricValue, parseAndCheckLogQL, QueryError } from '@girok/query'
import {
  evaluatePromQL,
  type PromExpr,
  type PromGrid,
  type PromOptions,
  type PromValue,
  parsePromQL,
  resolveDurations,
  selectorReads,
} from '@girok/query/promql'
import type { LabelSet } from '../../model/labels.ts'
import type { RuleLanguage } from '../../model/rules.ts'
import { alertSamples } from '../alerts/alert-samples.ts'
import { type Alert, type ExpandTemplates, nextAlerts } from '../alerts/alert-state.ts'
import { expandTemplates } from '../alerts/expand.ts'
import { lookbackGrid, reducedValues } from '../rules/reduction.ts'
import type { AlertingRule, Rule, RuleGroup, RuleQuery } from '../rules/rule.ts'
import { ended, RuleFault, type RuleSample, recorded, ruleSeries, ruleValues } from '../rules/rule-samples.ts'
import type { RangeValues, RuleGrid, RuleValue } from '../rules/rule-value.ts'
import { MemoryLines, rowsOf } from './memory-lines.ts'
import { MemorySeries } from './memory-series.ts'
import type { RuleTestGroup } from './test-file.ts'

/** As Prometheus is configured when nobody says otherwise; the step of subqueries is what the file evaluates at. */
const OPTIONS: Omit<PromOptions, 'defaultStepMs'> = {
  lookbackMs: 300_000,
  maxSamples: 50_000_000,
  delayedNameRemoval: false,
}

/** A query that needs no text. */
type Asked = { readonly [L in RuleLanguage]: Omit<Extract<RuleQuery, { readonly language: L }>, 'text'> }[RuleLanguage]

/** A rule that could not be evaluated, at the time of the test. */
export interface RuleFailure {
  readonly group: string
  readonly rule: string
  readonly timeMs: number
  readonly message: string
}

const NS_PER_MS = 1_000_000n

/** The rules of some groups over the series and log lines of one test, evaluated step by step from its start. */
export class RuleTestRun {
  readonly #series = new MemorySeries()
  readonly #lines: MemoryLines
  readonly #groups: readonly RuleGroup[]
  readonly #test: RuleTestGroup
  readonly #options: PromOptions
  readonly #written = new Map<Rule, ReadonlyMap<string, LabelSet>>()
  readonly #alerts = new Map<Rule, ReadonlyMap<string, Alert>>()
  readonly failures: RuleFailure[] = []

  /**
   * @param groups in the order of evaluation
   * @param evaluationIntervalMs the step of subqueries that have none
   */
  constructor(test: RuleTestGroup, groups: readonly RuleGroup[], evaluationIntervalMs: number) {
    this.#test = test
    this.#groups = groups
    this.#options = { ...OPTIONS, defaultStepMs: evaluationIntervalMs }
    this.#lines = new MemoryLines(rowsOf(test.streams, test.startMs))
    for (const { labels, values } of test.series) {
      for (const [step, value] of values.entries()) {
        if (value !== 'gap')
          this.#series.add(labels, test.startMs + step * test.intervalMs, value === 'stale' ? undefined : value)
      }
    }
  }

  /** Evaluates all groups as of a time. Times must rise. */
  evaluate(timeMs: number): void {
    for (const group of this.#groups) {
      for (const rule of group.rules) {
        try {
          this.#write(rule, this.#samplesOf(group, rule, timeMs), timeMs - (group.queryOffsetMs ?? 0))
        } catch (error) {
          if (!(error instanceof RuleFault || error instanceof QueryError)) throw error
          this.failures.push({ group: group.name, rule: rule.name, timeMs, message: error.message })
        }
      }
    }
  }

  /** Answers an instant query over the series of the test and of the rules, or over its lines. Throws `QueryError`. */
  query(query: Asked, timeMs: number): RuleValue[] {
    if (query.language === 'logql') return ruleValues(this.#ofLines(query, timeMs, 1, 1)) ?? noVector()
    const resolved = resolveDurations(query.tree, { stepMs: 0, rangeMs: 0 })
    return ruleValues(this.#evaluated(resolved, { startMs: timeMs, stepMs: 1, count: 1 })) ?? noVector()
  }

  /** The lines that a query gives of all up to a time. Throws `QueryError`. */
  logs(query: LogExpr, timeMs: number): LogEntry[] {
    return this.#lines.entries(query, BigInt(timeMs) * NS_PER_MS)
  }

  #range(query: Asked, grid: RuleGrid): RangeValues[] {
    const { startMs, endMs, stepMs } = grid
    const count = Math.floor((endMs - startMs) / stepMs) + 1
    if (query.language === 'logql') return ruleSeries(this.#ofLines(query, startMs, stepMs, count), grid) ?? noVector()
    const resolved = resolveDurations(query.tree, { stepMs, rangeMs: endMs - startMs })
    return ruleSeries(this.#evaluated(resolved, { startMs, stepMs, count, endMs }), grid) ?? noVector()
  }

  #ofLines(
    { tree }: Asked & { readonly language: 'logql' },
    startMs: number,
    stepMs: number,
    count: number,
  ): MetricValue {
    return this.#lines.metric(tree, { startNs: BigInt(startMs) * NS_PER_MS, stepNs: BigInt(stepMs) * NS_PER_MS, count })
  }

  #evaluated(tree: PromExpr, grid: PromGrid): PromValue {
    const reads = selectorReads(tree, grid, this.#options)
    const data = new Map(reads.map((read) => [read.selector, this.#series.read(read)] as const))
    return evaluatePromQL(tree, grid, this.#options, data).value
  }

  /** Alerts of a name that fire, over all rules. */
  firing(name: string): Alert[] {
    return [...this.#alerts]
      .filter(([rule]) => rule.name === name)
      .flatMap(([, alerts]) => [...alerts.values()].filter(({ state }) => state === 'firing'))
  }

  #samplesOf(group: RuleGroup, rule: Rule, timeMs: number): RuleSample[] {
    if (rule.kind === 'recording') {
      const atMs = timeMs - (group.queryOffsetMs ?? 0)
      return recorded(rule, group.labels, group.limit, this.query(rule.query, atMs))
    }
    const alerts = this.#nextAlerts(group, rule, timeMs)
    this.#alerts.set(rule, alerts)
    return alertSamples(alerts.values())
  }

  #nextAlerts(group: RuleGroup, rule: AlertingRule, timeMs: number): Map<string, Alert> {
    const { query, reduction, keepFiringWhile } = rule
    const atMs = timeMs - (group.queryOffsetMs ?? 0)
    const values = reduction
      ? reducedValues(this.#range(query, lookbackGrid(reduction, atMs)), reduction)
      : this.query(query, atMs)
    const holding = keepFiringWhile && this.query(keepFiringWhile, atMs)
    const { externalLabels, externalUrl } = this.#test
    const scope = {
      externalLabels,
      externalUrl,
      nowMs: timeMs,
      query: (text: string) => this.query(askedBy(text, query.language), timeMs),
    }
    const before = this.#alerts.get(rule) ?? new Map<string, Alert>()
    const expand: ExpandTemplates = (templates, value) => expandTemplates(templates, value, scope)
    return nextAlerts(rule, group.labels, group.limit, before, values, timeMs, expand, holding)
  }

  #write(rule: Rule, samples: readonly RuleSample[], timeMs: number): void {
    const now = new Map(samples.map(({ key, labels }) => [key, labels]))
    for (const { labels, value } of [...ended(this.#written.get(rule) ?? new Map(), now), ...samples]) {
      this.#series.add(labels, timeMs, value)
    }
    this.#written.set(rule, now)
  }
}

/** A query of a template, in the language of its rule. */
function askedBy(text: string, language: RuleLanguage): Asked {
  if (language === 'promql') return { language, tree: parsePromQL(text) }
  const tree = parseAndCheckLogQL(text)
  return tree.kind === 'log' ? noVector() : { language, tree }
}

function noVector(): never {
  throw new QueryError('expected a vector or a scalar, the expression gives something else', 0, 0, 'evaluate')
}
