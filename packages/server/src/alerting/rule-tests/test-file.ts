import { type PromExpr, parsePromQL } from '@girok/query/promql'
import type { Node } from 'yaml'
import { type LabelSet, labelSet } from '../../model/labels.ts'
import { YamlText } from '../rules/yaml-fields.ts'
import { type LogExprTest, readLogExprTest, readStream, type TestStream } from './log-tests.ts'
import { readSequence, type SequenceValue } from './sample-sequence.ts'
import { type ExpectedSample, TestFields } from './test-fields.ts'

/** A file of unit tests for rules, as promtool reads them, and with lines of logs. Times are milliseconds. */
export interface RuleTestFile {
  /** Patterns, relative to the folder of the file. */
  readonly ruleFiles: readonly string[]
  /** The same, of files whose expressions are LogQL. */
  readonly logqlRuleFiles: readonly string[]
  readonly evaluationIntervalMs: number
  /** Names of groups in the order of their evaluation; others come behind, as in their files. */
  readonly groupOrder: readonly string[]
  readonly fuzzyCompare: boolean
  readonly tests: readonly RuleTestGroup[]
}

export interface RuleTestGroup {
  readonly name: string
  /** When the first samples and the first evaluation are, milliseconds since the epoch; all other times count from here. */
  readonly startMs: number
  readonly intervalMs: number
  readonly series: readonly { readonly labels: LabelSet; readonly values: readonly SequenceValue[] }[]
  readonly streams: readonly TestStream[]
  readonly alertTests: readonly AlertTest[]
  readonly exprTests: readonly ExprTest[]
  readonly logExprTests: readonly LogExprTest[]
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
  readonly expected: readonly ExpectedSample[]
  readonly place: string
}

const DEFAULT_INTERVAL_MS = 60_000

const FILE_FIELDS = [
  'rule_files',
  'logql_rule_files',
  'evaluation_interval',
  'group_eval_order',
  'fuzzy_compare',
  'tests',
] as const
const GROUP_FIELDS = [
  'name',
  'start_timestamp',
  'interval',
  'input_series',
  'input_streams',
  'alert_rule_test',
  'promql_expr_test',
  'logql_expr_test',
  'external_labels',
  'external_url',
] as const

/** Reads a file of tests; without problems the file is whole. */
export function readRuleTestFile(text: string, name: string): { file: RuleTestFile; problems: readonly string[] } {
  const yaml = new YamlText(text, name)
  const root = yaml.root(FILE_FIELDS)
  const reader = new TestFields(yaml)
  // 0 is what is not said.
  const evaluationIntervalMs = (root && reader.duration(root, 'evaluation_interval')) || DEFAULT_INTERVAL_MS
  const file: RuleTestFile = {
    ruleFiles: root === undefined ? [] : reader.words(root, 'rule_files'),
    logqlRuleFiles: root === undefined ? [] : reader.words(root, 'logql_rule_files'),
    evaluationIntervalMs,
    groupOrder: root === undefined ? [] : reader.groupOrder(root),
    fuzzyCompare: root !== undefined && reader.flag(root, 'fuzzy_compare'),
    tests:
      root === undefined
        ? []
        : root.list('tests').flatMap((node, index) => groupOf(reader, node, index, evaluationIntervalMs)),
  }
  return { file, problems: yaml.problems }
}

function groupOf(reader: TestFields, node: Node, index: number, evaluationIntervalMs: number): RuleTestGroup[] {
  const fields = reader.yaml.fields(node, GROUP_FIELDS, 'a test group')
  if (fields === undefined) return []
  // Samples lie as far apart as evaluations; 0 is what is not said.
  const intervalMs = reader.duration(fields, 'interval') || evaluationIntervalMs
  const group: RuleTestGroup = {
    name: fields.text('name') ?? `${index + 1}`,
    startMs: reader.time(fields, 'start_timestamp') ?? 0,
    intervalMs,
    series: fields.list('input_series').flatMap((one) => seriesOf(reader, one)),
    streams: fields.list('input_streams').flatMap((one) => readStream(reader, one, intervalMs)),
    alertTests: fields.list('alert_rule_test').flatMap((one) => alertTest(reader, one)),
    exprTests: fields.list('promql_expr_test').flatMap((one) => exprTest(reader, one)),
    logExprTests: fields.list('logql_expr_test').flatMap((one) => readLogExprTest(reader, one)),
    externalLabels: fields.texts('external_labels'),
    externalUrl: fields.text('external_url') ?? '',
  }
  return [group]
}

function seriesOf(reader: TestFields, node: Node): RuleTestGroup['series'] {
  const fields = reader.yaml.fields(node, ['series', 'values'], 'an input series')
  const labels = fields && reader.labels(fields, 'series')
  const values = fields && reader.read(fields, 'values', readSequence)
  return labels === undefined || values === undefined ? [] : [{ labels, values }]
}

function alertTest(reader: TestFields, node: Node): AlertTest[] {
  const fields = reader.yaml.fields(node, ['eval_time', 'alertname', 'exp_alerts'], 'an alert_rule_test')
  if (fields === undefined) return []
  const alertName = fields.text('alertname') ?? ''
  if (alertName === '') reader.yaml.problem(node, 'alert_rule_test needs alertname')
  const expected = fields.list('exp_alerts').flatMap((one) => {
    const alert = reader.yaml.fields(one, ['exp_labels', 'exp_annotations'], 'an expected alert')
    if (alert === undefined) return []
    const labels = labelSet(new Map([...alert.texts('exp_labels'), ['alertname', alertName]]))
    return [{ labels, annotations: alert.texts('exp_annotations') }]
  })
  return [{ evalTimeMs: reader.duration(fields, 'eval_time') ?? 0, alertName, expected, place: reader.place(node) }]
}

function exprTest(reader: TestFields, node: Node): ExprTest[] {
  const fields = reader.yaml.fields(node, ['expr', 'eval_time', 'exp_samples'], 'a promql_expr_test')
  if (fields === undefined) return []
  const expr = fields.text('expr') ?? ''
  const tree = reader.read(fields, 'expr', parsePromQL)
  const expected = reader.samples(fields)
  if (tree === undefined) return []
  return [{ expr, tree, evalTimeMs: reader.duration(fields, 'eval_time') ?? 0, expected, place: reader.place(node) }]
}
