import { formatDuration } from '../../text/duration.ts'
import { formatFloat } from '../../text/number-literal.ts'
import { quoteString } from '../../text/string-literal.ts'
import type { BinaryExpr, Expr, Grouping, LogRange, MetricExpr, RangeAggregation, VectorAggregation } from '../ast.ts'
import { bindingPower, isRightAssociative } from '../operators.ts'
import { bracketed, printSelector, printStage, printUnwrap } from './stages.ts'

/** Texts of nodes already printed: the formatter asks for the same subtrees at every level. */
export type PrintMemo = WeakMap<Expr, string>

/** The canonical text of a query on one line. Parsing it gives the same tree again, but for the places in the text. */
export function printExpr(expr: Expr): string {
  return printNode(expr, undefined)
}

/** Like `printExpr`, remembering the text of every node in the memo. */
export function printNode(expr: Expr, memo: PrintMemo | undefined): string {
  const known = memo?.get(expr)
  if (known !== undefined) return known
  const text = print(expr, memo)
  memo?.set(expr, text)
  return text
}

function print(expr: Expr, memo: PrintMemo | undefined): string {
  switch (expr.kind) {
    case 'log':
      return [printSelector(expr.selector), ...expr.stages.map(printStage)].join(' ')
    case 'rangeAggregation':
      return `${rangeHead(expr)}${printRange(expr.range)})${groupingSuffix(expr.grouping)}`
    case 'vectorAggregation':
      return `${vectorHead(expr)}${vectorArguments(expr)}${printNode(expr.inner, memo)})`
    case 'labelReplace':
      return `label_replace(${[printNode(expr.inner, memo), ...labelReplaceTexts(expr)].join(', ')})`
    case 'vector':
      return `vector(${formatFloat(expr.value)})`
    case 'number':
      return printNumber(expr.value)
    case 'binary': {
      const left = bracketed(printNode(expr.left, memo), leftNeedsBrackets(expr))
      const right = bracketed(printNode(expr.right, memo), rightNeedsBrackets(expr))
      return `${left} ${printOperator(expr, right)} ${right}`
    }
  }
}

/** Numbers that only folding can make are written as what folds to them. */
function printNumber(value: number): string {
  if (Number.isNaN(value)) return '(0 / 0)'
  if (value === Infinity) return '(2 ^ 1024)'
  if (value === -Infinity) return '(-2 ^ 1025)'
  return formatFloat(value)
}

/** `op(` or `op(parameter, ` */
export function rangeHead(expr: RangeAggregation): string {
  return `${expr.op}(${expr.parameter === undefined ? '' : `${formatFloat(expr.parameter)}, `}`
}

/** `op (` or `op by (…) (` */
export function vectorHead(expr: VectorAggregation): string {
  return expr.grouping === undefined ? `${expr.op}(` : `${expr.op} ${printGrouping(expr.grouping)} (`
}

/** What stands in front of the expression: `k, ` or `"label", `. */
export function vectorArguments(expr: VectorAggregation): string {
  if (expr.label !== undefined) return `${quoteString(expr.label)}, `
  return expr.parameter === undefined ? '' : `${expr.parameter}, `
}

export function groupingSuffix(grouping: Grouping | undefined): string {
  return grouping === undefined ? '' : ` ${printGrouping(grouping)}`
}

function printGrouping(grouping: Grouping): string {
  return `${grouping.without ? 'without' : 'by'} (${grouping.labels.join(', ')})`
}

function printRange(range: LogRange): string {
  const parts = [printSelector(range.log.selector), ...pipelineOf(range)]
  return parts.length === 1 ? `${parts[0]}${printWindow(range)}` : `${parts.join(' ')} ${printWindow(range)}`
}

/** The stages of a range, unwrap and its filters included. */
export function pipelineOf(range: LogRange): string[] {
  const stages = range.log.stages.map(printStage)
  return range.unwrap === undefined ? stages : [...stages, ...printUnwrap(range.unwrap)]
}

/** `[5m]` or `[5m] offset 1h` */
export function printWindow(range: LogRange): string {
  const offset = range.offsetNs === 0n ? '' : ` offset ${formatDuration(range.offsetNs)}`
  return `[${formatDuration(range.rangeNs)}]${offset}`
}

export function labelReplaceTexts(expr: Extract<MetricExpr, { kind: 'labelReplace' }>): string[] {
  return [expr.target, expr.replacement, expr.source, expr.pattern].map(quoteString)
}

/** The operator with its modifiers; `right` is the text that will follow. */
export function printOperator(expr: BinaryExpr, right: string): string {
  const { op, bool, matching } = expr
  let text = bool ? `${op} bool` : op
  if (matching === undefined) return text
  text += ` ${matching.on ? 'on' : 'ignoring'} (${matching.labels.join(', ')})`
  if (matching.card === 'one-to-one') return text
  text += matching.card === 'many-to-one' ? ' group_left' : ' group_right'
  // A parenthesis after group_left opens its label list, never the operand.
  return matching.include.length > 0 || right.startsWith('(') ? `${text} (${matching.include.join(', ')})` : text
}

export function leftNeedsBrackets({ op, left }: BinaryExpr): boolean {
  if (left.kind !== 'binary') return false
  const difference = bindingPower(left.op) - bindingPower(op)
  return difference < 0 || (difference === 0 && isRightAssociative(op))
}

export function rightNeedsBrackets({ op, right }: BinaryExpr): boolean {
  if (right.kind !== 'binary') return false
  const difference = bindingPower(right.op) - bindingPower(op)
  return difference < 0 || (difference === 0 && !isRightAssociative(op))
}
