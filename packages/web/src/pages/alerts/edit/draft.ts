import type { RuleBody, RuleGroupBody, RuleLanguage } from '@girok/server/contract'
import { durationMs } from '../parts/duration-text.ts'
import { type ConditionDraft, conditionText, emptyCondition, isWhole, readCondition } from './condition-text.ts'

/** A label or annotation as a row of the form. */
export interface Pair {
  readonly name: string
  readonly value: string
}

/** A rule while it is written: all texts as they stand in the fields. */
export interface RuleDraft {
  readonly language: RuleLanguage
  readonly name: string
  readonly expr: string
  /** `condition`: the query's values are reduced and compared. `query`: the query is a comparison itself. */
  readonly mode: 'condition' | 'query'
  readonly condition: ConditionDraft
  readonly over: string
  readonly for: string
  readonly keepFiringFor: string
  readonly keepFiringWhile: string
  readonly labels: readonly Pair[]
  readonly annotations: readonly Pair[]
  readonly namespace: string
  readonly group: string
  /** Of the group, as all below. */
  readonly interval: string
  /** Most alerts or series of one rule of it. */
  readonly limit: string
  /** How long before the time of evaluation its queries look. */
  readonly queryOffset: string
  readonly groupLabels: readonly Pair[]
}

export const emptyDraft: RuleDraft = {
  language: 'promql',
  name: '',
  expr: '',
  mode: 'condition',
  condition: emptyCondition,
  over: '5m',
  for: '',
  keepFiringFor: '',
  keepFiringWhile: '',
  labels: [{ name: 'severity', value: 'warning' }],
  annotations: [
    { name: 'summary', value: '' },
    { name: 'description', value: '' },
  ],
  namespace: 'default',
  group: 'alerts',
  interval: '1m',
  limit: '',
  queryOffset: '',
  groupLabels: [],
}

const pairs = (given: Readonly<Record<string, string>> = {}): readonly Pair[] =>
  Object.entries(given).map(([name, value]) => ({ name, value }))

/** What a form says of the group as a whole. */
export type GroupDraft = Pick<RuleDraft, 'interval' | 'limit' | 'queryOffset' | 'groupLabels'>

/** The fields of a group that is there. */
export function groupDraftOf(group: Omit<RuleGroupBody, 'name' | 'rules'>): GroupDraft {
  return {
    interval: group.interval ?? '',
    limit: group.limit === undefined ? '' : String(group.limit),
    queryOffset: group.query_offset ?? '',
    groupLabels: pairs(group.labels),
  }
}

/** What the fields say of the group, without what was left empty. */
export function groupOfDraft(draft: GroupDraft): Omit<RuleGroupBody, 'name' | 'rules'> {
  const labels = record(draft.groupLabels)
  const [interval, limit, offset] = [draft.interval.trim(), draft.limit.trim(), draft.queryOffset.trim()]
  return {
    ...(interval === '' ? {} : { interval }),
    ...(offset === '' ? {} : { query_offset: offset }),
    ...(limit === '' ? {} : { limit: Number(limit) }),
    ...(labels === undefined ? {} : { labels }),
  }
}

/** The form of a rule that is there; undefined when its condition is written in a way that the form cannot show. */
export function draftOf(
  rule: RuleBody,
  place: Pick<RuleDraft, 'language' | 'namespace' | 'group'> & Partial<GroupDraft>,
): RuleDraft | undefined {
  const condition = rule.condition === undefined ? undefined : readCondition(rule.condition)
  if (rule.condition !== undefined && condition === undefined) return undefined
  return {
    ...emptyDraft,
    ...place,
    name: rule.alert ?? '',
    expr: rule.expr,
    mode: condition === undefined ? 'query' : 'condition',
    condition: condition ?? emptyCondition,
    over: rule.over ?? '',
    for: rule.for ?? '',
    keepFiringFor: rule.keep_firing_for ?? '',
    keepFiringWhile: rule.keep_firing_while ?? '',
    labels: pairs(rule.labels),
    annotations: pairs(rule.annotations),
  }
}

function record(pairs: readonly Pair[]): Record<string, string> | undefined {
  const filled = pairs.filter(({ name, value }) => name.trim() !== '' && value !== '')
  return filled.length === 0 ? undefined : Object.fromEntries(filled.map(({ name, value }) => [name.trim(), value]))
}

/** The rule that a form writes, without what was left empty. */
export function bodyOfDraft(draft: RuleDraft): RuleBody {
  const labels = record(draft.labels)
  const annotations = record(draft.annotations)
  const text = (key: string, value: string): Record<string, string> =>
    value.trim() === '' ? {} : { [key]: value.trim() }
  return {
    alert: draft.name.trim(),
    expr: draft.expr.trim(),
    ...(draft.mode === 'condition' ? { condition: conditionText(draft.condition), ...text('over', draft.over) } : {}),
    ...text('for', draft.for),
    ...text('keep_firing_for', draft.keepFiringFor),
    ...text('keep_firing_while', draft.keepFiringWhile),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  }
}

/** Fields that stand in the way of trying a rule out or keeping it. */
export type DraftFault =
  | 'name'
  | 'expr'
  | 'condition'
  | 'over'
  | 'for'
  | 'keepFiringFor'
  | 'namespace'
  | 'group'
  | 'interval'
  | 'limit'
  | 'queryOffset'

/** What is still missing or cannot be read. The server checks the rest. */
export function faultsOfDraft(draft: RuleDraft): ReadonlySet<DraftFault> {
  const faults = new Set<DraftFault>()
  for (const field of ['name', 'expr', 'namespace', 'group'] as const) if (draft[field].trim() === '') faults.add(field)
  if (draft.mode === 'condition' && !isWhole(draft.condition)) faults.add('condition')
  if (draft.mode === 'condition' && draft.over !== '' && durationMs(draft.over) === undefined) faults.add('over')
  for (const field of ['for', 'keepFiringFor', 'interval', 'queryOffset'] as const) {
    if (draft[field].trim() !== '' && durationMs(draft[field]) === undefined) faults.add(field)
  }
  if (!/^\d{0,9}$/.test(draft.limit.trim())) faults.add('limit')
  return faults
}

/** Whether there is enough to try the rule out. */
export function isTestable(faults: ReadonlySet<DraftFault>): boolean {
  const needed = ['expr', 'condition', 'over', 'for', 'keepFiringFor', 'interval', 'limit', 'queryOffset'] as const
  return !needed.some((field) => faults.has(field))
}
