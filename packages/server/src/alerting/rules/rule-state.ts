import { createHash } from 'node:crypto'
import { printExpr } from '@girok/query'
import { printPromQL } from '@girok/query/promql'
import type { LabelSet } from '../../model/labels.ts'
import type { RuleAlert, RuleView } from '../../model/rules.ts'
import { alertSamples } from '../alerts/alert-samples.ts'
import type { Alert } from '../alerts/alert-state.ts'
import type { Report } from '../alerts/due-reports.ts'
import type { KeptAlerts, RestoredAlerts } from '../alerts/kept-alerts.ts'
import type { Rule, RuleGroup, RuleQuery } from './rule.ts'
import { ruleId } from './rule-id.ts'

/** A rule and how its last evaluation went. */
export interface RuleState {
  readonly rule: Rule
  readonly id: string
  /** By which its state is found again, in another form of the group and after a restart. */
  readonly identity: string
  readonly printedQuery: string
  health: RuleView['health']
  lastError: string | undefined
  lastEvaluationMs: number | undefined
  evaluationSeconds: number
  /** Series of the last evaluation by key. */
  series: ReadonlyMap<string, LabelSet>
  /** Of an alerting rule, by the text of their labels. */
  alerts: ReadonlyMap<string, Alert>
  /** Alerts of before a restart whose series has not come again yet, by the same keys. */
  awaited: ReadonlyMap<string, Alert>
  /** What the store holds of the alerts, by the same keys. */
  kept: KeptAlerts
  /** When each alert was reported last. */
  reported: ReadonlyMap<string, Report>
}

/**
 * The states of a group's rules before their first evaluation.
 *
 * @param restored alerts of a rule as they were before a restart
 */
export function ruleStates(group: RuleGroup, restored: (identity: string) => RestoredAlerts): RuleState[] {
  const seen = new Map<string, number>()
  return group.rules.map((rule) => {
    const name = identityOf(group, rule)
    const place = seen.get(name) ?? 0
    seen.set(name, place + 1)
    const identity = createHash('sha256').update(`${name} ${place}`).digest('hex').slice(0, 32)
    const { alerts, kept } = restored(identity)
    return {
      rule,
      id: ruleId(group, rule),
      identity,
      printedQuery: printed(rule.query),
      health: 'unknown',
      lastError: undefined,
      lastEvaluationMs: undefined,
      evaluationSeconds: 0,
      // They were written, so that they have to end when an alert has gone in the meantime.
      series: new Map(alertSamples(alerts.values()).map(({ key, labels }) => [key, labels])),
      alerts,
      awaited: new Map([...alerts].filter(([, alert]) => alert.state !== 'inactive')),
      kept,
      reported: new Map(),
    }
  })
}

function printed(query: RuleQuery): string {
  return query.language === 'promql' ? printPromQL(query.tree) : printExpr(query.tree)
}

/** A rule is the same as long as its name and its labels are: whatever else changes, its alerts go on. */
function identityOf({ origin, language, file, name }: RuleGroup, rule: Rule): string {
  const labels = [...rule.labels].sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([origin, language, file, name, rule.kind, rule.name, labels])
}

/** Takes over what the same rule of an earlier form of the group has done. */
export function takeOver(state: RuleState, before: RuleState): void {
  state.health = before.health
  state.lastError = before.lastError
  state.lastEvaluationMs = before.lastEvaluationMs
  state.evaluationSeconds = before.evaluationSeconds
  state.series = before.series
  state.alerts = before.alerts
  state.awaited = before.awaited
  state.kept = before.kept
  state.reported = before.reported
}

/** What is told of a rule. */
export function ruleView({ rule, id, printedQuery, alerts, ...state }: RuleState, group: RuleGroup): RuleView {
  const { health, lastError, lastEvaluationMs, evaluationSeconds, series } = state
  return {
    id,
    kind: rule.kind,
    name: rule.name,
    query: rule.query.text,
    printedQuery,
    labels: new Map([...group.labels, ...rule.labels]),
    ...(rule.kind === 'alerting' && {
      annotations: rule.annotations,
      forMs: rule.forMs,
      keepFiringForMs: rule.keepFiringForMs,
      ...(rule.reduction && { condition: rule.reduction.condition.text, overMs: rule.reduction.overMs }),
      ...(rule.keepFiringWhile && { keepFiringWhile: rule.keepFiringWhile.text }),
      alerts: activeAlerts(alerts),
    }),
    health,
    lastError,
    lastEvaluationMs,
    evaluationSeconds,
    series: series.size,
  }
}

function activeAlerts(alerts: ReadonlyMap<string, Alert>): RuleAlert[] {
  return [...alerts]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .flatMap(([, { state, labels, annotations, value, activeAtMs, keptFiringSinceMs }]) =>
      state === 'inactive' ? [] : [{ state, labels, annotations, value, activeAtMs, keptFiringSinceMs }],
    )
}
