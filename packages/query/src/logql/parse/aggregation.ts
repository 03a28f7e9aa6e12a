import type {
  Grouping,
  LabelReplaceExpr,
  MetricExpr,
  RangeAggregation,
  RangeOp,
  VectorAggregation,
  VectorExpr,
  VectorOp,
} from '../ast.ts'
import { RANGE_RULES, type RangeRule, VECTOR_RULES, type VectorRule } from '../operations.ts'
import { regexFault } from '../regex.ts'
import type { Cursor } from './cursor.ts'
import { parseLogRange } from './range.ts'

/** Names in parentheses, possibly none. */
export function parseLabelList(cursor: Cursor): string[] {
  const labels: string[] = []
  cursor.expect('(', cursor.at('identifier') ? `labels stand in parentheses: (${cursor.token.text})` : '')
  if (cursor.takeIf(')')) return labels
  do labels.push(cursor.expect('identifier').text)
  while (cursor.takeIf(','))
  if (!cursor.at(')')) cursor.unexpected([')', ','])
  cursor.take()
  return labels
}

function parseGrouping(cursor: Cursor): Grouping | undefined {
  if (!cursor.at('by') && !cursor.at('without')) return undefined
  const without = cursor.take().kind === 'without'
  return { without, labels: parseLabelList(cursor) }
}

/** `op([number,] log-range) [grouping]`, the name at the cursor. */
export function parseRangeAggregation(cursor: Cursor, op: RangeOp): RangeAggregation {
  const rule = RANGE_RULES.get(op) as RangeRule
  const start = cursor.take().start
  cursor.expect('(', `the grouping of ${op} stands after its parentheses`)
  const parameter = parseRangeParameter(cursor, op, rule)
  const range = parseLogRange(cursor)
  cursor.expect(')')
  const groupingAt = cursor.token.start
  const grouping = parseGrouping(cursor)
  if (grouping !== undefined && !rule.grouping) cursor.fail(`grouping not allowed for ${op} aggregation`, groupingAt)
  const distinct = range.log.stages.find((stage) => stage.kind === 'distinct')
  if (distinct) cursor.fail('distinct is for log queries only: a metric query counts by sum by (…)', distinct.at.start)
  if (range.unwrap !== undefined && rule.samples === 'lines') {
    cursor.fail(`invalid aggregation ${op} with unwrap`, range.unwrap.at.start)
  }
  if (range.unwrap === undefined && rule.samples === 'unwrapped') {
    cursor.fail(`invalid aggregation ${op} without unwrap: add | unwrap <label> to its log query`, start)
  }
  return {
    kind: 'rangeAggregation',
    op,
    ...(parameter === undefined ? {} : { parameter }),
    range,
    ...(grouping === undefined ? {} : { grouping }),
    at: cursor.spanFrom(start),
  }
}

function parseRangeParameter(cursor: Cursor, op: RangeOp, rule: RangeRule): number | undefined {
  if (!cursor.at('number')) {
    if (rule.parameter && (cursor.at('{') || cursor.at('('))) cursor.fail(`parameter required for operation ${op}`)
    return undefined
  }
  if (!rule.parameter) cursor.fail(`parameter not supported for operation ${op}`)
  const value = cursor.take().number
  cursor.expect(',')
  return value
}

/** `op [grouping] ([k,] metric) [grouping]`, the name at the cursor; `parseInner` reads a metric expression. */
export function parseVectorAggregation(
  cursor: Cursor,
  op: VectorOp,
  parseInner: (cursor: Cursor) => MetricExpr,
): VectorAggregation {
  const rule = VECTOR_RULES.get(op) as VectorRule
  const start = cursor.take().start
  let groupingAt = cursor.token.start
  let grouping = parseGrouping(cursor)
  cursor.expect('(')
  const label = rule.label ? parseTargetLabel(cursor, op) : undefined
  const parameter = parseK(cursor, op, rule)
  const inner = parseInner(cursor)
  if (cursor.at(',')) cursor.unexpected([')'], rule.parameter ? `${op} takes its number first` : '')
  cursor.expect(')')
  if (grouping === undefined) {
    groupingAt = cursor.token.start
    grouping = parseGrouping(cursor)
  }
  if (grouping !== undefined && !rule.grouping) cursor.fail(`grouping not allowed for ${op} aggregation`, groupingAt)
  return {
    kind: 'vectorAggregation',
    op,
    ...(parameter === undefined ? {} : { parameter }),
    ...(label === undefined ? {} : { label }),
    inner,
    ...(grouping === undefined ? {} : { grouping }),
    at: cursor.spanFrom(start),
  }
}

const LABEL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

function parseTargetLabel(cursor: Cursor, op: VectorOp): string {
  const label = cursor.expect('string', `${op} takes the name of a label first: ${op}("value", …)`)
  if (!LABEL_NAME.test(label.text)) cursor.fail(`${JSON.stringify(label.text)} is no label name`, label.start)
  cursor.expect(',')
  return label.text
}

function parseK(cursor: Cursor, op: VectorOp, rule: VectorRule): number | undefined {
  const isParameter = cursor.at('number') && cursor.lookahead().kind === ','
  if (!rule.parameter) {
    if (isParameter) cursor.fail(`unsupported parameter for operation ${op}`)
    return undefined
  }
  if (!isParameter) {
    if (cursor.at('identifier') && cursor.lookahead().kind === ',') cursor.unexpected(['number'])
    if (cursor.at('-') && cursor.lookahead().kind === 'number') cursor.unexpected(['number'], 'k must be positive')
    cursor.fail(`parameter required for operation ${op}: ${op}(10, …)`)
  }
  const token = cursor.take()
  const source = cursor.text.slice(token.start, token.end)
  if (!/^\d+$/.test(source) || !Number.isSafeInteger(token.number)) {
    cursor.fail(`invalid parameter ${op}(${source}, …): it must be a whole number`, token.start)
  }
  if (token.number === 0) cursor.fail(`invalid parameter (must be greater than 0) ${op}(0, …)`, token.start)
  cursor.expect(',')
  return token.number
}

/** `label_replace(metric, "dst", "replacement", "src", "regex")`, the name at the cursor. */
export function parseLabelReplace(cursor: Cursor, parseInner: (cursor: Cursor) => MetricExpr): LabelReplaceExpr {
  const start = cursor.take().start
  cursor.expect('(')
  const inner = parseInner(cursor)
  const nextString = () => {
    cursor.expect(',')
    return cursor.expect('string')
  }
  const target = nextString().text
  const replacement = nextString().text
  const source = nextString().text
  const pattern = nextString()
  cursor.expect(')')
  const fault = regexFault(pattern.text)
  if (fault !== undefined) cursor.fail(`invalid regex in label_replace: ${fault}`, pattern.start)
  return {
    kind: 'labelReplace',
    inner,
    target,
    replacement,
    source,
    pattern: pattern.text,
    at: cursor.spanFrom(start),
  }
}

/** `vector(number)`, the name at the cursor. */
export function parseVector(cursor: Cursor): VectorExpr {
  const start = cursor.take().start
  cursor.expect('(')
  const value = cursor.expect('number').number
  cursor.expect(')')
  return { kind: 'vector', value, at: cursor.spanFrom(start) }
}
