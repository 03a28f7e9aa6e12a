import { formatDuration } from '@girok/query'
import { stringify } from 'yaml'
import type { RuleBody, RuleGroupBody, RuleLanguage } from '../../model/rules.ts'
import { GROUP_FIELDS, type GroupSource, readGroup } from './read-group.ts'
import type { AlertingRule, Rule, RuleGroup } from './rule.ts'
import { YamlText } from './yaml-fields.ts'

/** A group with what is wrong with it; undefined when it has no name. */
export interface ReadGroup {
  readonly group: RuleGroup | undefined
  /** `rules[0].expr: what is wrong` of JSON, `the group:LINE:COLUMN: what is wrong` of YAML. */
  readonly problems: readonly string[]
}

/** Reads one group: YAML as Loki's and Mimir's tools send it, or a value that came as JSON. Strict as files are. */
export function readRuleGroup(given: string | { readonly value: unknown }, source: GroupSource): ReadGroup {
  const yaml = new YamlText(given, 'the group')
  const fields = yaml.root(GROUP_FIELDS, 'a rule group')
  const group = fields && readGroup(yaml, fields, source)
  return { group, problems: yaml.problems }
}

/** Reads an alerting or recording rule by itself: faults begin with `rule.`. */
export function readRule(
  value: unknown,
  language: RuleLanguage,
): { readonly rule: Rule | undefined; readonly problems: readonly string[] } {
  const source: GroupSource = { file: '', origin: 'stored', language }
  const { group, problems } = readRuleGroup({ value: { name: 'rule', rules: [value] } }, source)
  return { rule: group?.rules[0], problems: problems.map((problem) => problem.replace(/^rules\[0\]/, 'rule')) }
}

/** The group as it would stand in a file. */
export function bodyOf({ name, intervalMs, queryOffsetMs, limit, labels, rules }: RuleGroup): RuleGroupBody {
  return {
    name,
    ...(intervalMs !== undefined && { interval: durationText(intervalMs) }),
    ...(queryOffsetMs !== undefined && { query_offset: durationText(queryOffsetMs) }),
    ...(limit > 0 && { limit }),
    ...(labels.size > 0 && { labels: Object.fromEntries(labels) }),
    rules: rules.map((rule) => ({
      ...(rule.kind === 'recording' ? { record: rule.name } : { alert: rule.name }),
      expr: rule.query.text,
      ...(rule.kind === 'alerting' && alertingBody(rule)),
      ...(rule.labels.size > 0 && { labels: Object.fromEntries(rule.labels) }),
      ...(rule.kind === 'alerting' &&
        rule.annotations.size > 0 && { annotations: Object.fromEntries(rule.annotations) }),
    })),
  }
}

/** Groups as a file of rules. */
export function ruleFileText(namespace: string, groups: readonly RuleGroupBody[]): string {
  return stringify({ namespace, groups })
}

function alertingBody({ forMs, keepFiringForMs, keepFiringWhile, reduction }: AlertingRule): Partial<RuleBody> {
  return {
    ...(reduction && { condition: reduction.condition.text, over: durationText(reduction.overMs) }),
    ...(forMs > 0 && { for: durationText(forMs) }),
    ...(keepFiringForMs > 0 && { keep_firing_for: durationText(keepFiringForMs) }),
    ...(keepFiringWhile && { keep_firing_while: keepFiringWhile.text }),
  }
}

function durationText(ms: number): string {
  return formatDuration(BigInt(ms) * 1_000_000n)
}
