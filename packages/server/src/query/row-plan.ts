import type { LogExpr } from '@girok/query'
import type { IndexedStream } from '../store/store.ts'
import type { LogsPlan, PushedFilter } from './plan.ts'
import type { Condition } from './pushdown/condition.ts'
import { fieldMatchCondition } from './pushdown/field-match.ts'
import { labelFilterCondition } from './pushdown/label-filter.ts'
import { readsLine } from './pushdown/plain/names.ts'
import { planPlain } from './pushdown/plain/plan.ts'
import { LABEL_RULES, LINE_RULES } from './pushdown/rules/index.ts'
import { initialScope, type Scope, scopeAfter } from './pushdown/scope.ts'
import { EVERY, streamCondition } from './pushdown/streams.ts'

/** Which rows a log query reads. */
export interface RowPlan {
  readonly streams: readonly IndexedStream[]
  /** Conditions on rows besides tenant and time, all of which must hold. */
  readonly conditions: readonly Condition[]
  readonly pushed: readonly PushedFilter[]
  /** The rows that SQL gives are exactly those that the filters of the query let through. */
  readonly exact: boolean
  /**
   * Conditions on columns alone, no line and no metadata read: of plain rows they let exactly those through that pass, and
   * all rows that are not plain or have metadata besides.
   */
  readonly quickConditions?: readonly Condition[]
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
  let isOpen = pushdown
  for (const stage of log.stages) {
    if (stage.kind === 'distinct') {
      // What a later filter leaves out is the first of its kind all the same.
      exact = false
      isOpen = false
    }
    if (stage.kind === 'fieldMatch') {
      exact = false
      for (const matcher of isOpen ? stage.matchers : []) {
        const condition = fieldMatchCondition(matcher)
        if (condition) add('selector-field', matcher.at, condition)
      }
    }
    if (stage.kind === 'lineFilter' || stage.kind === 'labelFilter') {
      const found = isOpen ? filterCondition(stage, scope) : undefined
      if (found) add(found.rule, stage.at, found.condition)
      if (!found?.condition.exact) exact = false
    }
    scope = scopeAfter(scope, stage)
  }
  const onlyFilters = log.stages.every((stage) => stage.kind === 'lineFilter' || stage.kind === 'labelFilter')
  const plan = { streams, conditions, pushed, exact, reevaluated: !exact || !onlyFilters }
  return pushdown && !exact ? sharpened(plan, log) : plan
}

/**
 * Where columns say which rows pass, but for odd rows, they are asked first, and what SQL can say about lines is left for
 * the odd rows.
 */
function sharpened(plan: RowPlan, log: LogExpr): RowPlan {
  const plain = planPlain(log, plan.streams, [])
  if (!plain || plain.filters.sql === EVERY.sql) return plan
  const { filters, suspects, quickSuspects } = plain
  if (readsLine(`${filters.sql} ${suspects}`)) return plan
  const first: Condition = { sql: `(${filters.sql} OR ${suspects})`, exact: false }
  const wide = plan.conditions.filter(({ exact }) => !exact).map(({ sql }) => sql)
  const last: Condition[] =
    wide.length > 0 ? [{ sql: `(${filters.sql} OR (${wide.join(' AND ')}))`, exact: false }] : []
  const certain = plan.conditions.filter(({ exact }) => exact)
  const quick: Condition = { sql: `(${filters.sql} OR ${quickSuspects})`, exact: false }
  return { ...plan, conditions: [...certain, first, ...last], quickConditions: [...certain, quick] }
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
