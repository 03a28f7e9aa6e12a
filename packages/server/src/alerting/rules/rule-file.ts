import type { RuleLanguage } from '../../model/rules.ts'
import { GROUP_FIELDS, readGroup } from './read-group.ts'
import type { RuleGroup } from './rule.ts'
import { YamlText } from './yaml-fields.ts'

/** What a file of rules holds; with problems the groups are those that could be read. */
export interface RuleFile {
  readonly groups: readonly RuleGroup[]
  /** `FILE:LINE:COLUMN: what is wrong`, in order of the text. */
  readonly problems: readonly string[]
  /** As the file says; the server goes by the name of the file. */
  readonly namespace?: string
}

/**
 * Reads a file of rules in Prometheus' format, which is Loki's too (rulefmt). Strict: a key that the format does not have,
 * a group that comes twice, an expression that cannot be read are problems with their place.
 */
export function readRuleFile(text: string, file: string, language: RuleLanguage): RuleFile {
  const yaml = new YamlText(text, file)
  const groups: RuleGroup[] = []
  const names = new Set<string>()
  // Loki's and Mimir's tools write the namespace into the file.
  const root = yaml.root(['groups', 'namespace'])
  for (const node of root?.list('groups') ?? []) {
    const fields = yaml.fields(node, GROUP_FIELDS, 'a rule group')
    if (fields === undefined) continue
    const group = readGroup(yaml, fields, { file, origin: 'file', language })
    if (group === undefined) continue
    if (names.has(group.name)) yaml.problem(node, `groupname: "${group.name}" is repeated in the same file`)
    names.add(group.name)
    groups.push(group)
  }
  const namespace = root?.text('namespace')
  return { groups, problems: yaml.problems, ...(namespace !== undefined && { namespace }) }
}
