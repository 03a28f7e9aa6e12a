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
import { parseCondition } from './condition.ts'
import type { Reduction } from './reduction.ts'
import type { Rule, RuleGroup, RuleQuery } from './rule.ts'
import type { YamlFields, YamlText } from './yaml-fields.ts'

export const GROUP_FIELDS = ['name', 'interval', 'query_offset', 'limit', 'labels', 'rules'] as const
/** The last three are Girok's own: Prometheus and Loki refuse files that have them. */
const RULE_FIELDS = [
  'record',
  'alert',
  'expr',
  'for',
  'keep_firing_for',
  'labels',
  'annotations',
  'condition',
  'over',
  'keep_firing_while',
] as const

/** What recording rules cannot have. */
const OF_ALERTS = ['for', 'keep_firing_for', 'annotations', 'condition', 'over', 'keep_firing_while'] as const
/** Rules of a group that comes over the network: it is read, and evaluated, as a whole. */
const MOST_STORED_RULES = 2_000
/** How far back a condition looks that does not say. */
const DEFAULT_OVER_MS = 5 * 60_000

/** Where groups come from. */
export interface GroupSource extends Pick<RuleGroup, 'file' | 'origin' | 'language'> {}

/** Reads a group; what is wrong goes to the text's problems. Undefined without a name; rules with faults are left out. */
export function readGroup(yaml: YamlText, fields: YamlFields, source: GroupSource): RuleGroup | undefined {
  const { language } = source
  const name = fields.text('name')
  if (name === undefined || name === '') {
    yaml.problem(fields.node, 'Groupname must not be empty')
    return undefined
  }
  const labels = labelsOf(yaml, fields, yaml.byPath ? '' : `group "${name}": `)
  const nodes = fields.list('rules')
  if (source.origin === 'stored' && nodes.length > MOST_STORED_RULES) {
    yaml.problem(fields.node, `the group has ${nodes.length} rules, at most ${MOST_STORED_RULES} are kept: split it`)
    return undefined
  }
  const rules = nodes.flatMap((node, index) => {
    const rule = readRule(yaml, node, language, `group "${name}", rule ${index + 1}`)
    return rule === undefined ? [] : [rule]
  })
  return {
    name,
    ...source,
    // As without one.
    intervalMs: durationOf(yaml, fields, 'interval') || undefined,
    queryOffsetMs: durationOf(yaml, fields, 'query_offset'),
    // None bounds nothing, as does a negative one.
    limit: Math.max(0, fields.whole('limit') ?? 0),
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
  // A path says by itself which rule is meant.
  const at = yaml.byPath ? '' : `${where}, "${name}": `
  const fault = (key: string, message: string): undefined => {
    yaml.problem(fields.value(key) ?? fields.node, `${at}${message}`)
  }
  if (record !== '' && alert !== '') return fault('alert', "only one of 'record' and 'alert' must be set")
  if (name === '') return fault('expr', "one of 'record' or 'alert' must be set")
  const text = fields.text('expr')
  if (text === undefined || text.trim() === '') return fault('expr', "field 'expr' must be set in rule")
  const labels = labelsOf(yaml, fields, at)
  const query = queryOf(text, language, (message) => fault('expr', `could not parse expression: ${message}`))
  if (record !== '') {
    for (const key of OF_ALERTS) {
      if (saysSomething(yaml, fields, key)) fault(key, `invalid field '${key}' in recording rule`)
    }
    if (!isMetricName(record)) fault('record', `invalid recording rule name: ${record}`)
    // Any name is good UTF-8, but this one is an expression that slipped into the wrong field.
    if (/[{}]/.test(record)) fault('record', `a recording rule's name has no braces: ${record}`)
    return query && { kind: 'recording', name: record, query, labels }
  }
  const reduction = reductionOf(yaml, fields, fault)
  const keepFiringWhile = whileOf(fields, language, fault)
  const rest = {
    ...(reduction && { reduction }),
    ...(keepFiringWhile && { keepFiringWhile }),
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

/** A duration of 0 and no annotations are what rules have that do not say. */
function saysSomething(yaml: YamlText, fields: YamlFields, key: (typeof OF_ALERTS)[number]): boolean {
  if (key === 'for' || key === 'keep_firing_for') return (durationOf(yaml, fields, key) ?? 0) > 0
  return key === 'annotations' ? fields.texts(key).size > 0 : fields.has(key)
}

type Fault = (key: string, message: string) => undefined

function reductionOf(yaml: YamlText, fields: YamlFields, fault: Fault): Reduction | undefined {
  const text = fields.text('condition')
  const overMs = durationOf(yaml, fields, 'over') ?? DEFAULT_OVER_MS
  if (text === undefined) {
    return fields.has('over') ? fault('over', "'over' says how far back a condition looks: add 'condition'") : undefined
  }
  if (overMs < 1000) return fault('over', "'over' must be at least 1s")
  try {
    return { condition: parseCondition(text), overMs }
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    return fault('condition', `could not parse condition: ${error.message}`)
  }
}

function whileOf(fields: YamlFields, language: RuleLanguage, fault: Fault): RuleQuery | undefined {
  const text = fields.text('keep_firing_while')
  if (text === undefined) return undefined
  if (text.trim() === '') return fault('keep_firing_while', "'keep_firing_while' must be an expression")
  return queryOf(text, language, (message) => fault('keep_firing_while', `could not parse expression: ${message}`))
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
    yaml.problem(key ?? node, `${where}invalid label name: ${name}`)
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
