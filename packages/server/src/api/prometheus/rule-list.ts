import { createHash } from 'node:crypto'
import type { Labels } from '@girok/query'
import type { RuleAlert, RuleGroupView, RuleView } from '../../model/rules.ts'
import { jsonList } from '../in-pieces.ts'
import type { ApiResponse } from '../route.ts'
import { invalidParameter } from './errors.ts'
import { exponentText } from './number-text.ts'
import { limitOf } from './params.ts'

/** What a caller wants to see of the rules. */
export interface RuleFilter {
  readonly kind: RuleView['kind'] | undefined
  readonly names: readonly string[]
  readonly groups: readonly string[]
  readonly files: readonly string[]
  /** Rules whose labels any of these matches; templated labels as they are written. Undefined: all. */
  readonly matches: ((labels: Labels) => boolean) | undefined
  readonly withAlerts: boolean
}

/** Reads `type`, `rule_name[]`, `rule_group[]`, `file[]` and `exclude_alerts`. */
export function ruleFilterOf(params: URLSearchParams, matches: RuleFilter['matches']): RuleFilter {
  const type = (params.get('type') ?? '').toLowerCase()
  if (!['', 'alert', 'record'].includes(type)) {
    throw invalidParameter('type', `not supported value ${JSON.stringify(type)}`)
  }
  return {
    kind: type === '' ? undefined : type === 'alert' ? 'alerting' : 'recording',
    names: params.getAll('rule_name[]'),
    groups: params.getAll('rule_group[]'),
    files: params.getAll('file[]'),
    matches,
    withAlerts: !flagOf(params, 'exclude_alerts'),
  }
}

/** `data` of `/api/v1/rules`, made as it is read. */
export interface RuleList {
  /** By file and name; those without a rule that is wanted are left out. */
  readonly groups: Iterable<unknown>
  /** `groupNextToken`, known when all groups are read: where the next page begins. */
  readonly next: () => string | undefined
}

export function ruleList(groups: readonly RuleGroupView[], filter: RuleFilter, params: URLSearchParams): RuleList {
  const limit = groupLimitOf(params)
  const from = params.get('group_next_token') ?? ''
  if (from !== '' && limit === Number.POSITIVE_INFINITY) {
    throw invalidParameter('group_next_token', 'group_limit has to be set with it')
  }
  const wanted = [...groups]
    .sort((a, b) => compare(a.file, b.file) || compare(a.name, b.name))
    .filter(({ name }) => filter.groups.length === 0 || filter.groups.includes(name))
    .filter(({ file }) => filter.files.length === 0 || filter.files.includes(file))
  const rulesOf = ({ rules }: RuleGroupView) => rules.filter((rule) => isWanted(rule, filter))
  const start = from === '' ? 0 : wanted.findIndex((group) => tokenOf(group) === from)
  const first = wanted[start]
  if (start < 0 || (from !== '' && first !== undefined && rulesOf(first).length === 0)) {
    throw invalidParameter('group_next_token', `no page begins at ${JSON.stringify(from)}: were rule groups changed?`)
  }
  let next: string | undefined
  function* page(): Generator<unknown> {
    let count = 0
    for (const group of wanted.slice(start)) {
      const rules = rulesOf(group)
      if (rules.length === 0) continue
      if (count++ === limit) {
        next = tokenOf(group)
        return
      }
      yield {
        name: group.name,
        file: group.file,
        rules: rules.map((rule) => ruleOf(rule, filter.withAlerts)),
        interval: group.intervalMs / 1000,
        limit: group.limit,
        evaluationTime: group.evaluationSeconds,
        lastEvaluation: timeText(group.lastEvaluationMs),
      }
    }
  }
  return { groups: page(), next: () => next }
}

/**
 * The answer to a request for rules, in pieces where they are many.
 *
 * @param end of the envelope, behind `data`
 */
export function rulesAnswer({ groups, next }: RuleList, end = ''): ApiResponse {
  const token = () => {
    const text = next()
    return text === undefined ? '' : `,"groupNextToken":${JSON.stringify(text)}`
  }
  return jsonList('{"status":"success","data":{"groups":', groups, () => `${token()}}${end}}`)
}

/** The answer to a request for alerts, likewise. */
export function alertsAnswer(groups: readonly RuleGroupView[], end = ''): ApiResponse {
  return jsonList('{"status":"success","data":{"alerts":', alertList(groups), () => `}${end}}`)
}

/** Most groups of a page; infinite where none is asked for. */
function groupLimitOf(params: URLSearchParams): number {
  const name = 'group_limit'
  const limit = limitOf(params, name)
  const isZero = limit === undefined && Boolean(params.get(name))
  if (isZero || (limit ?? 0) >= 2 ** 31) throw invalidParameter(name, 'it must be a number from 1 to 2147483647')
  return limit ?? Number.POSITIVE_INFINITY
}

function isWanted({ kind, name, labels }: RuleView, filter: RuleFilter): boolean {
  return (
    (filter.kind === undefined || filter.kind === kind) &&
    (filter.names.length === 0 || filter.names.includes(name)) &&
    (filter.matches === undefined || filter.matches(labels))
  )
}

function ruleOf(rule: RuleView, withAlerts: boolean): unknown {
  const { name, printedQuery: query, labels, health, lastError, evaluationSeconds } = rule
  const shared = {
    health,
    ...(lastError !== undefined && { lastError }),
    evaluationTime: evaluationSeconds,
    lastEvaluation: timeText(rule.lastEvaluationMs),
  }
  const ownLabels = { labels: Object.fromEntries([...labels].sort(([a], [b]) => compare(a, b))) }
  // As Prometheus has it: what is empty is told of alerting rules alone.
  if (rule.kind === 'recording') return { name, query, ...(labels.size > 0 && ownLabels), ...shared, type: 'recording' }
  const { alerts = [] } = rule
  return {
    state: ruleState(rule),
    name,
    query,
    duration: (rule.forMs ?? 0) / 1000,
    keepFiringFor: (rule.keepFiringForMs ?? 0) / 1000,
    ...ownLabels,
    annotations: Object.fromEntries(rule.annotations ?? []),
    alerts: withAlerts ? alerts.map(alertOf) : null,
    ...shared,
    type: 'alerting',
  }
}

/** The furthest state of a rule's alerts. */
export function ruleState({ lastEvaluationMs, alerts = [] }: RuleView): 'unknown' | 'inactive' | 'pending' | 'firing' {
  if (alerts.some(({ state }) => state === 'firing')) return 'firing'
  if (alerts.length > 0) return 'pending'
  // As Prometheus 3 calls what was not evaluated yet.
  return lastEvaluationMs === undefined ? 'unknown' : 'inactive'
}

/** `alerts` of `/api/v1/alerts`: those of all rules that are pending or firing. */
export function* alertList(groups: readonly RuleGroupView[]): Generator<unknown> {
  for (const { rules } of groups) for (const { alerts = [] } of rules) for (const alert of alerts) yield alertOf(alert)
}

function alertOf({ labels, annotations, state, activeAtMs, keptFiringSinceMs, value }: RuleAlert): unknown {
  return {
    labels: Object.fromEntries(labels),
    annotations: Object.fromEntries(annotations),
    state,
    activeAt: timeText(activeAtMs),
    ...(keptFiringSinceMs !== undefined && { keepFiringSince: timeText(keptFiringSinceMs) }),
    value: exponentText(value),
  }
}

/** Reads as Go's ParseBool; what is neither is refused. */
function flagOf(params: URLSearchParams, name: string): boolean {
  const text = params.get(name) ?? ''
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  if (['', '0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
  throw invalidParameter(
    name,
    `error converting ${name}: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`,
  )
}

/** Go's zero time stands for never. */
function timeText(ms: number | undefined): string {
  return ms === undefined ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString()
}

function tokenOf({ file, name }: RuleGroupView): string {
  return createHash('sha1').update(`${file};${name}`).digest('hex')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
