import type { BinaryExpr, Expr, LogExpr, MetricExpr, RangeAggregation, Selector, VectorAggregation } from '../ast.ts'
import { parseLogQL } from '../parse/parse.ts'
import {
  groupingSuffix,
  labelReplaceTexts,
  leftNeedsBrackets,
  type PrintMemo,
  pipelineOf,
  printNode,
  printOperator,
  printWindow,
  rangeHead,
  rightNeedsBrackets,
  vectorArguments,
  vectorHead,
} from './print.ts'
import { printMatcher, printSelector, printStage } from './stages.ts'

/** Columns a line may take before the query is broken. */
const MAX_COLUMNS = 100
const INDENT = '  '

/**
 * The query laid out for reading: on one line when that fits 100 columns, broken and indented by two spaces otherwise.
 * Comments are not kept. Throws QueryError for what does not parse.
 */
export function formatQuery(text: string): string {
  return lay(parseLogQL(text), '', new WeakMap()).join('\n')
}

function lay(expr: Expr, indent: string, memo: PrintMemo): string[] {
  const oneLine = printNode(expr, memo)
  if (indent.length + oneLine.length <= MAX_COLUMNS) return [indent + oneLine]
  switch (expr.kind) {
    case 'log':
      return layLog(expr, indent)
    case 'rangeAggregation':
      return layRange(expr, indent)
    case 'vectorAggregation':
      return layVector(expr, indent, memo)
    case 'labelReplace':
      return layLabelReplace(expr, indent, memo)
    case 'binary':
      return layBinary(expr, indent, memo)
    case 'vector':
    case 'number':
      return [indent + oneLine]
  }
}

function laySelector(selector: Selector, indent: string): string[] {
  const oneLine = indent + printSelector(selector)
  if (oneLine.length <= MAX_COLUMNS || selector.matchers.length < 2) return [oneLine]
  const last = selector.matchers.length - 1
  const matchers = selector.matchers.map(
    (matcher, i) => `${indent}${INDENT}${printMatcher(matcher)}${i === last ? '' : ','}`,
  )
  return [`${indent}{`, ...matchers, `${indent}}`]
}

function layLog(expr: LogExpr, indent: string): string[] {
  return [...laySelector(expr.selector, indent), ...expr.stages.map((stage) => indent + INDENT + printStage(stage))]
}

function layRange(expr: RangeAggregation, indent: string): string[] {
  const inner = indent + INDENT
  const stages = pipelineOf(expr.range).map((stage) => inner + INDENT + stage)
  const selector = laySelector(expr.range.log.selector, inner)
  const window = printWindow(expr.range)
  const body = stages.length === 0 ? [] : [...stages, inner + INDENT + window]
  if (body.length === 0) selector[selector.length - 1] += window
  return [indent + rangeHead(expr).trimEnd(), ...selector, ...body, `${indent})${groupingSuffix(expr.grouping)}`]
}

function layVector(expr: VectorAggregation, indent: string, memo: PrintMemo): string[] {
  const inner = indent + INDENT
  const first = vectorArguments(expr).trimEnd()
  const parameter = first === '' ? [] : [inner + first]
  return [indent + vectorHead(expr), ...parameter, ...lay(expr.inner, inner, memo), `${indent})`]
}

function layLabelReplace(
  expr: Extract<MetricExpr, { kind: 'labelReplace' }>,
  indent: string,
  memo: PrintMemo,
): string[] {
  const inner = indent + INDENT
  const body = lay(expr.inner, inner, memo)
  body[body.length - 1] += ','
  return [`${indent}label_replace(`, ...body, inner + labelReplaceTexts(expr).join(', '), `${indent})`]
}

/** Operands indented, each operator at the start of its own line; a chain of one precedence stays flat. */
function layBinary(expr: BinaryExpr, indent: string, memo: PrintMemo): string[] {
  const links = [expr]
  for (
    let left = expr.left;
    left.kind === 'binary' && !leftNeedsBrackets(links.at(-1) as BinaryExpr);
    left = left.left
  ) {
    links.push(left)
  }
  const first = links.at(-1) as BinaryExpr
  const lines = layOperand(first.left, leftNeedsBrackets(first), indent, memo)
  for (const link of links.reverse()) {
    const right = layOperand(link.right, rightNeedsBrackets(link), indent, memo)
    lines.push(indent + printOperator(link, (right[0] as string).trimStart()))
    for (const line of right) lines.push(line)
  }
  return lines
}

function layOperand(expr: MetricExpr, brackets: boolean, indent: string, memo: PrintMemo): string[] {
  const inner = indent + INDENT
  if (!brackets) return lay(expr, inner, memo)
  return [`${inner}(`, ...lay(expr, inner + INDENT, memo), `${inner})`]
}
