import type { AlertingGroup, AlertingRuleState, RuleBody, StoredRuleGroup } from '@girok/server/contract'
import { durationText } from '../parts/duration-text.ts'

/** A rule with the group that it is in. */
export interface PlacedRule {
  readonly group: AlertingGroup
  readonly rule: AlertingRuleState
  /** Place within the group, from 0. */
  readonly at: number
}

export function ruleOfId(groups: readonly AlertingGroup[], id: string): PlacedRule | undefined {
  for (const group of groups) {
    const at = group.rules.findIndex((rule) => rule.id === id)
    const rule = group.rules[at]
    if (rule !== undefined) return { group, rule, at }
  }
  return undefined
}

/** The group in the store that a shown group is of. */
export function storedGroupOf(
  { language, namespace, name }: Pick<AlertingGroup, 'language' | 'namespace' | 'name'>,
  stored: readonly StoredRuleGroup[],
): StoredRuleGroup | undefined {
  return stored.find((one) => one.language === language && one.namespace === namespace && one.group.name === name)
}

/** A rule as a file would hold it, made of what the server tells of it. */
export function bodyOfState(rule: AlertingRuleState): RuleBody {
  const {
    kind,
    name,
    query,
    forMs = 0,
    keepFiringForMs = 0,
    labels,
    annotations = {},
    condition,
    overMs,
    keepFiringWhile,
  } = rule
  const filled = (given: Readonly<Record<string, string>>): boolean => Object.keys(given).length > 0
  return {
    ...(kind === 'alerting' ? { alert: name } : { record: name }),
    expr: query,
    ...(condition === undefined ? {} : { condition }),
    ...(overMs === undefined ? {} : { over: durationText(overMs) }),
    ...(forMs > 0 ? { for: durationText(forMs) } : {}),
    ...(keepFiringForMs > 0 ? { keep_firing_for: durationText(keepFiringForMs) } : {}),
    ...(keepFiringWhile === undefined ? {} : { keep_firing_while: keepFiringWhile }),
    ...(filled(labels) ? { labels } : {}),
    ...(filled(annotations) ? { annotations } : {}),
  }
}

/** A rule as a file of rules shows it. */
export function ruleYaml(rule: RuleBody): string {
  const lines = Object.entries(rule).flatMap(([key, value]): string[] => {
    if (value === undefined) return []
    if (typeof value === 'string') return [`${key}: ${scalar(value, '  ')}`]
    return [
      `${key}:`,
      ...Object.entries(value).map(([name, text]) => `  ${scalar(name, '')}: ${scalar(String(text), '    ')}`),
    ]
  })
  return lines.map((line, at) => (at === 0 ? `- ${line}` : `  ${line.replaceAll('\n', '\n  ')}`)).join('\n')
}

/** A text as YAML reads it back: plain where that is sure, a block where it has lines, else in quotes. */
function scalar(text: string, indent: string): string {
  if (indent !== '' && /^\S[^\n]*\n/.test(text) && !/[^\P{Cc}\n]/u.test(text) && !/ \n|\n$/.test(text)) {
    return `|-\n${text.replace(/^(?=.)/gm, indent)}`
  }
  const plain =
    /^(?:\d+(?:ms|[smhdwy]))+$/.test(text) ||
    /^[A-Za-z_/(][^#:{}[\],&*!|>'"%@`\n\t]*$/.test(text.trim() === text ? text : '')
  return plain && !/^(?:true|false|null|yes|no|on|off|y|n|nan)$/i.test(text) ? text : JSON.stringify(text)
}
