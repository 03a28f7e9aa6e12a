import { alertFingerprint } from '../../model/alert-fingerprint.ts'
import type { RuleAlert, RuleGroupView, RuleView } from '../../model/rules.ts'
import { alertingRoutes } from '../alerting/alerting-routes.ts'
import type { AlertingGroup, AlertingResponse, AlertingRuleState, AlertOfRule } from '../contract.ts'
import { objectOf, textOf } from '../json-body.ts'
import { json, type RouteFamily } from '../route.ts'

/** What the page of alerts begins with, and acknowledging. */
export const alertingOverview: RouteFamily = (context) =>
  alertingRoutes(context, [
    {
      method: 'GET',
      path: '',
      handle(_, { configuration, alertmanagers }) {
        const { origin, file, fault } = configuration.current()
        return json({
          groups: context.rules.book.groups().map(groupOf),
          ruleFaults: context.rules.book.faults(),
          config: { origin, ...(file !== undefined && { file }), ...(fault !== undefined && { fault }) },
          alertmanagers: alertmanagers().map(({ url, error }) => ({ url, ...(error !== undefined && { error }) })),
        } satisfies AlertingResponse)
      },
    },
    {
      method: 'PUT',
      path: '/alerts/:fingerprint/acknowledgement',
      async handle({ body, path }, { alertmanager }) {
        const given = objectOf(body)
        const comment = typeof given.comment === 'string' ? given.comment : ''
        await alertmanager.acknowledgements.set(path.fingerprint ?? '', textOf(given, 'by'), comment)
        return { status: 204 }
      },
    },
    {
      method: 'DELETE',
      path: '/alerts/:fingerprint/acknowledgement',
      async handle({ path }, { alertmanager }) {
        await alertmanager.acknowledgements.remove(path.fingerprint ?? '')
        return { status: 204 }
      },
    },
  ])

function groupOf({
  name,
  file,
  origin,
  language,
  intervalMs,
  lastEvaluationMs,
  ...group
}: RuleGroupView): AlertingGroup {
  return {
    name,
    namespace: file,
    origin,
    language,
    intervalMs,
    ...(lastEvaluationMs !== undefined && { lastEvaluation: isoOf(lastEvaluationMs) }),
    evaluationMs: group.evaluationSeconds * 1000,
    missed: group.missed,
    rules: group.rules.map(ruleOf),
  }
}

function ruleOf(rule: RuleView): AlertingRuleState {
  const { id, kind, name, query, health, lastError, lastEvaluationMs, labels, annotations } = rule
  const { forMs, keepFiringForMs, condition, overMs, keepFiringWhile } = rule
  return {
    id,
    kind,
    name,
    query,
    health,
    labels: Object.fromEntries(labels),
    ...(lastError !== undefined && { lastError }),
    ...(lastEvaluationMs !== undefined && { lastEvaluation: isoOf(lastEvaluationMs) }),
    ...(forMs !== undefined && { forMs }),
    ...(keepFiringForMs !== undefined && { keepFiringForMs }),
    ...(condition !== undefined && { condition }),
    ...(overMs !== undefined && { overMs }),
    ...(keepFiringWhile !== undefined && { keepFiringWhile }),
    ...(annotations !== undefined && { annotations: Object.fromEntries(annotations) }),
    ...(kind === 'alerting' && { state: stateOf(rule), alerts: (rule.alerts ?? []).map(alertOf) }),
  }
}

function stateOf({ alerts = [], lastEvaluationMs }: RuleView): NonNullable<AlertingRuleState['state']> {
  if (alerts.some(({ state }) => state === 'firing')) return 'firing'
  if (alerts.length > 0) return 'pending'
  return lastEvaluationMs === undefined ? 'unknown' : 'inactive'
}

function alertOf({ state, labels, annotations, value, activeAtMs }: RuleAlert): AlertOfRule {
  return {
    fingerprint: alertFingerprint(labels),
    state,
    labels: Object.fromEntries(labels),
    annotations: Object.fromEntries(annotations),
    value: String(value),
    activeAt: isoOf(activeAtMs),
  }
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
