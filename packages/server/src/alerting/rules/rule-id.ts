import { createHash } from 'node:crypto'
import type { Rule, RuleGroup } from './rule.ts'

/** What a rule is called by: 16 hex digits of its language, file, group, name and place among rules of that name. */
export function ruleId(group: RuleGroup, rule: Rule): string {
  const place = group.rules.filter(({ kind, name }) => kind === rule.kind && name === rule.name).indexOf(rule)
  const parts = [group.language, group.file, group.name, rule.kind, rule.name, String(place)]
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16)
}
