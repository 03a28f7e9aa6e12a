import { parseOrderedDuration, QueryError } from '@girok/query'
import { type Matcher, type PromExpr, parsePromQL, parseSeriesMatchers } from '@girok/query/promql'
import type { Node } from 'yaml'
import { type LabelSet, labelSet } from '../../model/labels.ts'
import { type YamlFields, YamlText } from '../rules/yaml-fields.ts'
import { readSequence, type SequenceValue } from './sample-sequence.ts'

/** A file of unit tests for rules, as promtool reads them. Times are milliseconds. */
export interface RuleTestFile {
  /** Patterns, relative to the folder of the file. */
  readonly ruleFiles: readonly string[]
  readonly evaluationIntervalMs: number
  /** Names of groups in the order of their evaluation; others come behind, as in their files. */
  readonly groupOrder: readonly string[]
  readonly fuzzyCompare: boolean
  readonly tests: readonly RuleTestGroup[]
}

export interface RuleTestGroup {
  readonly name: string
  readonly intervalMs: number
  readonly series: readonly { readonly labels: LabelSet; readonly values: readonly SequenceValue[] }[]
  readonly alertTests: readonly AlertTest[]
  readonly exprTests: readonly ExprTest[]
  readonly externalLabels: ReadonlyMap<string, string>
  readonly externalUrl: string
}

export interface AlertTest {
  readonly evalTimeMs: number
  readonly alertName: string
  readonly expected: readonly { readonly labels: LabelSet; readonly annotations: ReadonlyMap<string, string> }[]
  readonly place: string
}

export interface ExprTest {
  readonly expr: string
  readonly tree: PromExpr
  readonly evalTimeMs: number
  readonly expected: readonly { readonly labels: LabelSet; readonly value: number }[]
  readonly place: string
}

const FILE_FIELDS = ['rule_files', 'evaluation_interval', 'group_eval_order', 'fuzzy_compare', 'tests'] as const
const GROUP_FIELDS = [
  'name',
  'interval',
  'input_series',
  'alert_rule_test',
  'promql_expr_test',
  'external_labels',
  'external_url',
] as const

/** Reads a file of tests; without problems the file is whole. */
export function readRuleTestFile(text: string, name: string): { file: RuleTestFile; problems: readonly string[] } {
  const yaml = new YamlText(text, name)
  const root = yaml.root(FILE_FIELDS)
  const reader = new Reader(yaml)
  const file: RuleTestFile = {
    ruleFiles: root === undefined ? [] : reader.words(root, 'rule_files'),
    evaluationIntervalMs: (root && reader.duration(root, 'evaluation_interval')) ?? 60_000,
    groupOrder: root === undefined ? [] : reader.words(root, 'group_eval_order'),
    fuzzyCompare: root?.text('fuzzy_compare') === 'true',
    tests: root === undefined ? [] : root.list('tests').flatMap((node, index) => reader.group(node, index)),
  }
  return { file, problems: yaml.problems }
}

class Reader {
  readonly #yaml: YamlText

  constructor(yaml: YamlText) {
    this.#yaml = yaml
  }

  group(node: Node, index: number): RuleTestGroup[] {
    const yaml = this.#yaml
    const fields = yaml.fields(node, GROUP_FIELDS, 'a test group')
    if (fields === undefined) return []
    const group: RuleTestGroup = {
      name: fields.text('name') ?? `${index + 1}`,
      intervalMs: this.duration(fields, 'interval') ?? 60_000,
      series: fields.list('input_series').flatMap((one) => this.#series(one)),
      alertTests: fields.list('alert_rule_test').flatMap((one) => this.#alertTest(one)),
      exprTests: fields.list('promql_expr_test').flatMap((one) => this.#exprTest(one)),
      externalLabels: fields.texts('external_labels'),
      externalUrl: fields.text('external_url') ?? 'http://localhost:4100',
    }
    return [group]
  }

  #series(node: Node) {
    const fields = this.#yaml.fields(node, ['series', 'values'], 'an input series')
    const labels = fields && this.#labels(fields, 'series')
    const values = fields && this.#read(fields, 'values', readSequence)
    return labels === undefined || values === undefined ? [] : [{ labels, values }]
  }

  #alertTest(node: Node): AlertTest[] {
    const fields = this.#yaml.fields(node, ['eval_time', 'alertname', 'exp_alerts'], 'an alert_rule_test')
    if (fields === undefined) return []
    const alertName = fields.text('alertname') ?? ''
    if (alertName === '') this.#yaml.problem(node, 'alert_rule_test needs alertname')
    const expected = fields.list('exp_alerts').flatMap((one) => {
      const alert = this.#yaml.fields(one, ['exp_labels', 'exp_annotations'], 'an expected alert')
      if (alert === undefined) return []
      const labels = labelSet(new Map([...alert.texts('exp_labels'), ['alertname', alertName]]))
      return [{ labels, annotations: alert.texts('exp_annotations') }]
    })
    return [{ evalTimeMs: this.duration(fields, 'eval_time') ?? 0, alertName, expected, place: this.#place(node) }]
  }

  #exprTest(node: Node): ExprTest[] {
    const fields = this.#yaml.fields(node, ['expr', 'eval_time', 'exp_samples'], 'a promql_expr_test')
    if (fields === undefined) return []
    const expr = fields.text('expr') ?? ''
    const tree = this.#read(fields, 'expr', parsePromQL)
    const expected = fields.list('exp_samples').flatMap((one) => {
      const sample = this.#yaml.fields(one, ['labels', 'value', 'histogram'], 'an expected sample')
      if (sample === undefined) return []
      if (sample.has('histogram')) this.#yaml.problem(sample.value('histogram'), 'native histograms are not supported')
      const labels = sample.has('labels') ? this.#labels(sample, 'labels') : labelSet([])
      const value = this.#read(sample, 'value', (text) => {
        const [only, ...more] = readSequence(text)
        if (typeof only !== 'number' || more.length > 0) throw new Error(`${text} is no number`)
        return only
      })
      return labels === undefined || value === undefined ? [] : [{ labels, value }]
    })
    if (tree === undefined) return []
    return [{ expr, tree, evalTimeMs: this.duration(fields, 'eval_time') ?? 0, expected, place: this.#place(node) }]
  }

  words(fields: YamlFields, key: string): string[] {
    return fields.list(key).map(String)
  }

  duration(fields: YamlFields, key: string): number | undefined {
    const ns = this.#read(
      fields,
      key,
      (text) => {
        const read = parseOrderedDuration(text)
        if ('fault' in read) throw new Error(`${key}: ${read.fault}`)
        return read.ns
      },
      true,
    )
    return ns === undefined ? undefined : Number(ns / 1_000_000n)
  }

  /** A series as it is written: `up{job="a"}`. */
  #labels(fields: YamlFields, key: string): LabelSet | undefined {
    return this.#read(fields, key, (text) => {
      if (/^\s*(?:\{\s*\}\s*)?$/.test(text)) return labelSet([])
      return labelSet(new Map(parseSeriesMatchers(text).flatMap((one) => exact(one, text))))
    })
  }

  #read<T>(fields: YamlFields, key: string, read: (text: string) => T, isOptional = false): T | undefined {
    const text = fields.text(key)
    if (text === undefined) {
      if (!isOptional) this.#yaml.problem(fields.node, `field '${key}' must be set`)
      return undefined
    }
    try {
      return read(text)
    } catch (error) {
      if (!(error instanceof QueryError) && (error as Error).constructor !== Error) throw error
      this.#yaml.problem(fields.value(key), (error as Error).message)
      return undefined
    }
  }

  #place(node: Node): string {
    const { line } = this.#yaml.place(node)
    return `line ${line}`
  }
}

function exact({ name, op, value }: Matcher, text: string): [string, string][] {
  if (op !== '=') throw new Error(`${text} is no series: labels are given as name="value"`)
  return [[name, value]]
}
