import {
  type MetricExpr,
  parseAndCheckLogQL,
  parseOrderedDuration,
  QueryError,
  TemplateSyntaxError,
} from '@girok/query'
import { type PromExpr, parsePromQL, typeOf } from '@girok/query/promql'
import { isMap, type Node } from 'yaml'
import type { RuleLanguage } from '../../model/rules.ts'
import { compileAlertTemplate } from './alert-template.ts'
import type { Rule, RuleGroup, RuleQuery } from './rule.ts'
import { type YamlFields, YamlText } from './yaml-fields.ts'

/** What a file of rules holds; with problems the groups are those that could be read. */
export interface RuleFile {
  readonly groups: readonly RuleGroup[]
  /** `FILE:LINE:COLUMN: what is wrong`, in order of the text. */
  readonly problems: readonly string[]
}

const GROUP_FIELDS = ['name', 'interval', 'query_offset', 'limit', 'labels', 'rules'] as const
const RULE_FIELDS = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'] as const

/** What recording rules cannot have. */
const OF_ALERTS = ['for', 'keep_firing_for', 'annotations'] as const

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
    const group = readGroup(yaml, fields, file, language)
    if (group === undefined) continue
    if (names.has(group.name)) yaml.problem(node, `groupname: "${group.name}" is repeated in the same file`)
    names.add(group.name)
    groups.push(group)
  }
  return { groups, problems: yaml.problems }
}

function readGroup(yaml: YamlText, fields: YamlFields, file: string, language: RuleLanguage): RuleGroup | undefined {
  const name = fields.text('name')
  if (name === undefined || name === '') {
    yaml.problem(fields.node, 'Groupname must not be empty')
    return undefined
  }
  const labels = labelsOf(yaml, fields, `group "${name}"`)
  const rules = fields.list('rules').flatMap((node, index) => {
    const rule = readRule(yaml, node, language, `group "${name}", rule ${index + 1}`)
    return rule === undefined ? [] : [rule]
  })
  return {
    name,
    file,
    origin: 'file',
    language,
    intervalMs: durationOf(yaml, fields, 'interval'),
    queryOffsetMs: durationOf(yaml, fields, 'query_offset'),
    limit: fields.whole('limit') ?? 0,
    labels,
    rules,
  }
}

function readRule(yaml: YamlText, node: Node, language: RuleLanguage, where: string): Rule | undefined {
  const fields = yaml.fields(node, RULE_FIELDS, 'a rule')
  if (fields === undefined) return undefined
  const record = fields.text('record') ?? ''
  const alert = fields.text('alert') ?? ''
  const name = record || alert
  const at = `${where}, "${name}"`
  const fault = (key: string, message: string): undefined => {
    yaml.problem(fields.value(key) ?? fields.node, `${at}: ${message}`)
  }
  if (record !== '' && alert !== '') return fault('alert', "only one of 'record' and 'alert' must be set")
  if (name === '') return fault('expr', "one of 'record' or 'alert' must be set")
  const text = fields.text('expr')
  if (text === undefined || text.trim() === '') return fault('expr', "field 'expr' must be set in rule")
  const labels = labelsOf(yaml, fields, at)
  const query = queryOf(text, language, (message) => fault('expr', `could not parse expression: ${message}`))
  if (record !== '') {
    for (const key of OF_ALERTS) if (fields.has(key)) fault(key, `invalid field '${key}' in recording rule`)
    if (!isMetricName(record)) fault('record', `invalid recording rule name: ${record}`)
    return query && { kind: 'recording', name: record, query, labels }
  }
  const rest = {
    forMs: durationOf(yaml, fields, 'for') ?? 0,
    keepFiringForMs: durationOf(yaml, fields, 'keep_firing_for') ?? 0,
    annotations: fields.texts('annotations'),
  }
  for (const key of rest.annotations.keys()) {
    if (!isMetricName(key)) fault('annotations', `invalid annotation name: ${key}`)
  }
  for (const key of ['labels', 'annotations'] as const) {
    for (const [name, source] of fields.texts(key)) {
      const broken = templateFault(source)
      if (broken !== undefined) fault(key, `template of ${key}.${name}: ${broken}`)
    }
  }
  return query && { kind: 'alerting', name: alert, query, labels, ...rest }
}

function queryOf(text: string, language: RuleLanguage, fault: (message: string) => undefined): RuleQuery | undefined {
  try {
    if (language === 'promql') {
      const tree: PromExpr = parsePromQL(text)
      const type = typeOf(tree)
      // Prometheus takes any type here and fails at each evaluation; said at once it can be mended.
      if (type === 'matrix' || type === 'string') return fault(`a rule needs a vector or a scalar, this is a ${type}`)
      return { language, text, tree }
    }
    const tree = parseAndCheckLogQL(text)
    if (tree.kind === 'log')
      return fault('a rule needs a metric query, this one gives lines: wrap it in count_over_time')
    return { language, text, tree: tree as MetricExpr }
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    return fault(error.message)
  }
}

function templateFault(source: string): string | undefined {
  try {
    compileAlertTemplate(source)
    return undefined
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return error.message
    throw error
  }
}

function labelsOf(yaml: YamlText, fields: YamlFields, where: string): Map<string, string> {
  const labels = fields.texts('labels')
  const node = fields.value('labels')
  for (const name of labels.keys()) {
    if (name !== '' && name !== '__name__') continue
    const key = isMap(node)
      ? (node.items.find((pair) => String(pair.key) === name)?.key as Node | undefined)
      : undefined
    yaml.problem(key ?? node, `${where}: invalid label name: ${name}`)
  }
  return labels
}

function durationOf(yaml: YamlText, fields: YamlFields, key: string): number | undefined {
  const text = fields.text(key)
  if (text === undefined) return undefined
  const read = parseOrderedDuration(text)
  if ('ns' in read) return Number(read.ns / 1_000_000n)
  yaml.problem(fields.value(key), `${key}: ${read.fault}: write it like 30s, 5m or 1h30m`)
  return undefined
}

/** Names may be any UTF-8 since Prometheus 3, but not empty. */
function isMetricName(name: string): boolean {
  return name !== '' && !/\p{Surrogate}/u.test(name)
}
