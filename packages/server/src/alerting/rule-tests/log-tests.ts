import { type LogExpr, type MetricExpr, parseAndCheckLogQL } from '@girok/query'
import type { Node } from 'yaml'
import { type LabelSet, labelSet } from '../../model/labels.ts'
import type { YamlFields } from '../rules/yaml-fields.ts'
import type { ExpectedSample, TestFields } from './test-fields.ts'

/** A stream of log lines at even distances. */
export interface TestStream {
  readonly labels: LabelSet
  /** Structured metadata of each of its lines. */
  readonly metadata: readonly (readonly [string, string])[]
  /** Milliseconds; the first line is at `startMs`. */
  readonly startMs: number
  readonly intervalMs: number
  readonly lines: readonly string[]
}

/** A line that a query is expected to give. */
export interface ExpectedLine {
  /** With the structured metadata and what stages made. */
  readonly labels: LabelSet
  readonly line: string
  /** Nanoseconds; undefined: at whatever time. */
  readonly timeNs: bigint | undefined
}

export interface LogExprTest {
  readonly expr: string
  readonly evalTimeMs: number
  readonly expected:
    | { readonly tree: MetricExpr; readonly samples: readonly ExpectedSample[] }
    | { readonly tree: LogExpr; readonly lines: readonly ExpectedLine[] }
  readonly place: string
}

const STREAM_FIELDS = ['labels', 'structured_metadata', 'lines', 'start', 'interval'] as const
const MOST_LINES = 1_000_000

/** @param intervalMs between two lines, where the stream does not say */
export function readStream(reader: TestFields, node: Node, intervalMs: number): TestStream[] {
  const fields = reader.yaml.fields(node, STREAM_FIELDS, 'an input stream')
  if (fields === undefined) return []
  const labels = reader.labels(fields, 'labels')
  if (labels === undefined) return []
  if (labels.has('__name__')) reader.yaml.problem(node, 'a stream has no name: write its labels as {job="app"}')
  const stream = {
    labels,
    metadata: [...fields.texts('structured_metadata')],
    startMs: reader.duration(fields, 'start') ?? 0,
    intervalMs: reader.duration(fields, 'interval') ?? intervalMs,
    lines: fields.list('lines').flatMap((one) => linesOf(reader, one)),
  }
  if (stream.lines.length > MOST_LINES) reader.yaml.problem(node, `more than ${MOST_LINES} lines`)
  return [stream]
}

/** One line, or one that comes several times. */
function linesOf(reader: TestFields, node: Node): string[] {
  const word = reader.word(node)
  if (word !== undefined) return [word]
  const fields = reader.yaml.fields(node, ['line', 'times'], 'a line that is no text')
  const line = fields?.text('line')
  const times = fields?.whole('times') ?? 1
  if (fields === undefined || line === undefined) return []
  if (times <= MOST_LINES) return Array<string>(times).fill(line)
  reader.yaml.problem(fields.value('times'), `more than ${MOST_LINES} lines`)
  return []
}

const EXPR_FIELDS = ['expr', 'eval_time', 'exp_samples', 'exp_logs'] as const

export function readLogExprTest(reader: TestFields, node: Node): LogExprTest[] {
  const fields = reader.yaml.fields(node, EXPR_FIELDS, 'a logql_expr_test')
  if (fields === undefined) return []
  const tree = reader.read(fields, 'expr', parseAndCheckLogQL)
  if (tree === undefined) return []
  const unfit = tree.kind === 'log' ? 'exp_samples' : 'exp_logs'
  if (fields.has(unfit)) {
    const gives = tree.kind === 'log' ? 'lines: expect exp_logs' : 'numbers: expect exp_samples'
    reader.yaml.problem(fields.value(unfit), `the query gives ${gives}`)
  }
  const expected =
    tree.kind === 'log'
      ? { tree, lines: expectedLines(reader, fields) }
      : { tree: tree as MetricExpr, samples: reader.samples(fields) }
  const evalTimeMs = reader.duration(fields, 'eval_time') ?? 0
  return [{ expr: fields.text('expr') ?? '', evalTimeMs, expected, place: reader.place(node) }]
}

function expectedLines(reader: TestFields, fields: YamlFields): ExpectedLine[] {
  return fields.list('exp_logs').flatMap((one) => {
    const entry = reader.yaml.fields(one, ['labels', 'line', 'timestamp'], 'an expected line')
    if (entry === undefined) return []
    const labels = entry.has('labels') ? reader.labels(entry, 'labels') : labelSet([])
    const line = reader.read(entry, 'line', (text) => text)
    const timeNs = reader.read(entry, 'timestamp', nanoseconds, true)
    return labels === undefined || line === undefined ? [] : [{ labels, line, timeNs }]
  })
}

function nanoseconds(text: string): bigint {
  if (!/^\d+$/.test(text)) throw new Error('timestamp must be whole nanoseconds')
  return BigInt(text)
}
