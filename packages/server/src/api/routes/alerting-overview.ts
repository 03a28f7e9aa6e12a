import { alertFingerprint } from '../../model/alert-fingerprint.ts'
import type { RuleAlert, RuleGroupView, RuleView } from '../../model/rules.ts'
import type { Relabelling } from '../../model/scraping.ts'
import { alertingRoutes } from '../alerting/alerting-routes.ts'
import type { AlertingGroup, AlertingResponse, AlertingRuleState, AlertOfRule } from '../contract.ts'
import { jsonList } from '../in-pieces.ts'
import { objectOf, textOf } from '../json-body.ts'
import type { RouteFamily } from '../route.ts'

/** What the page of alerts begins with, and acknowledging. */
export const alertingOverview: RouteFamily = (context) => {
  function* groups(): Generator<AlertingGroup> {
    for (const group of context.rules.book.groups()) yield groupOf(group, context.rules.asTold)
  }
  return alertingRoutes(context, [
    {
      method: 'GET',
      path: '',
      handle(_, { configuration, alertmanagers }) {
        const { origin, file, fault } = configuration.current()
        const rest = {
          ruleFaults: context.rules.book.faults(),
          config: { origin, ...(file !== undefined && { file }), ...(fault !== undefined && { fault }) },
          alertmanagers: alertmanagers().map(({ url, error }) => ({ url, ...(error !== undefined && { error }) })),
        } satisfies Omit<AlertingResponse, 'groups'>
        // Without its opening brace.
        return jsonList('{"groups":', groups(), () => `,${JSON.stringify(rest).slice(1)}`)
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
}

function groupOf(
  { name, file, origin, language, intervalMs, lastEvaluationMs, ...group }: RuleGroupView,
  asTold: Relabelling,
): AlertingGroup {
  return {
    name,
    namespace: file,
    origin,
    language,
    intervalMs,
    ...(lastEvaluationMs !== undefined && { lastEvaluation: isoOf(lastEvaluationMs) }),
    evaluationMs: group.evaluationSeconds * 1000,
    missed: group.missed,
    ...(group.limit > 0 && { limit: group.limit }),
    ...(group.queryOffsetMs > 0 && { queryOffsetMs: group.queryOffsetMs }),
    ...(group.labels.size > 0 && { labels: Object.fromEntries(group.labels) }),
    rules: group.rules.map((rule) => ruleOf(rule, asTold)),
  }
}

function ruleOf(rule: RuleView, asTold: Relabelling): AlertingRuleState {
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
    ...(kind === 'alerting' && {
      state: stateOf(rule),
      alerts: (rule.alerts ?? []).map((alert) => alertOf(alert, asTold)),
    }),
  }
}

function stateOf({ alerts = [], lastEvaluationMs }: RuleView): NonNullable<AlertingRuleState['state']> {
  if (alerts.some(({ state }) => state === 'firing')) return 'firing'
  if (alerts.length > 0) return 'pending'
  return lastEvaluationMs === undefined ? 'unknown' : 'inactive'
}

function alertOf({ state, labels, annotations, value, activeAtMs }: RuleAlert, asTold: Relabelling): AlertOfRule {
  return {
    // That of the Alertmanager inside, which knows it with external labels, and relabelled.
    fingerprint: alertFingerprint(asTold(labels) ?? labels),
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
