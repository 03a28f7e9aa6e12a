import type { LogExpr } from '@girok/query'
import type { IndexedStream } from '../store/store.ts'
import type { LogsPlan, PushedFilter } from './plan.ts'
import type { Condition } from './pushdown/condition.ts'
import { labelFilterCondition } from './pushdown/label-filter.ts'
import { LABEL_RULES, LINE_RULES } from './pushdown/rules/index.ts'
import { initialScope, type Scope, scopeAfter } from './pushdown/scope.ts'
import { streamCondition } from './pushdown/streams.ts'

/** Which rows a log query reads. */
export interface RowPlan {
  readonly streams: readonly IndexedStream[]
  /** Conditions on rows besides tenant and time, all of which must hold. */
  readonly conditions: readonly Condition[]
  readonly pushed: readonly PushedFilter[]
  /** The rows that SQL gives are exactly those that the filters of the query let through. */
  readonly exact: boolean
  /** The pipeline must run on them: to filter, or to make labels and lines. */
  readonly reevaluated: boolean
}

/**
 * Plans the rows of a log query.
 *
 * @param text the query text that the tree was parsed from, for EXPLAIN
 * @param streams those that the selector matches
 * @param all those of the tenant in the time range, to name whichever set is smaller
 * @param pushdown false leaves everything but streams to the evaluator
 */
export function planRows(
  log: LogExpr,
  text: string,
  streams: readonly IndexedStream[],
  all: readonly IndexedStream[],
  pushdown: boolean,
): RowPlan {
  const conditions: Condition[] = []
  const pushed: PushedFilter[] = []
  const add = (rule: string, at: { start: number; end: number }, condition: Condition): void => {
    conditions.push(condition)
    pushed.push({ rule, text: text.slice(at.start, at.end), exact: condition.exact })
  }

  const chosen = streamCondition(streams, all)
  if (chosen) add('streams', log.selector.at, chosen)
  let exact = chosen !== undefined
  let scope = initialScope(streams)
  for (const stage of log.stages) {
    if (stage.kind === 'lineFilter' || stage.kind === 'labelFilter') {
      const found = pushdown ? filterCondition(stage, scope) : undefined
      if (found) add(found.rule, stage.at, found.condition)
      if (!found?.condition.exact) exact = false
    }
    scope = scopeAfter(scope, stage)
  }
  const onlyFilters = log.stages.every((stage) => stage.kind === 'lineFilter' || stage.kind === 'labelFilter')
  return { streams, conditions, pushed, exact, reevaluated: !exact || !onlyFilters }
}

function filterCondition(
  stage: Extract<LogExpr['stages'][number], { kind: 'lineFilter' | 'labelFilter' }>,
  scope: Scope,
): { readonly condition: Condition; readonly rule: string } | undefined {
  if (stage.kind === 'labelFilter') {
    const found = labelFilterCondition(stage.filter, scope, LABEL_RULES)
    return found && { condition: found.condition, rule: [...new Set(found.rules)].join('+') }
  }
  for (const rule of LINE_RULES) {
    const condition = rule.condition(stage, scope)
    if (condition) return { condition, rule: rule.name }
  }
  return undefined
}

/** The part of a plan that EXPLAIN shows. */
export function shownPlan(plan: RowPlan): LogsPlan {
  const time: PushedFilter = { rule: 'time', text: 'start … end', exact: true }
  return { kind: 'logs', pushed: [time, ...plan.pushed], reevaluated: plan.reevaluated }
}
