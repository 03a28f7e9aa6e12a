import { formatSampleValue } from '../../eval/values/format.ts'
import type { Aggregation, BinaryExpr, PromExpr, VectorMatching } from '../ast.ts'
import { bindingPower, isRightAssociative } from '../operators.ts'
import { printNumber } from './duration.ts'
import { printLabel, printMatrixSelector, printSubqueryTimes, printText, printVectorSelector } from './selector.ts'

/** Texts of nodes already printed: the layout asks for the same subtrees at every level. */
export type PrintMemo = WeakMap<PromExpr, string>

const SIGN_POWER = bindingPower('*')

/**
 * The text of an expression on one line, as Prometheus writes it. Parsing it gives the same tree again, but for places and
 * the order of matchers. Trees that no text can have (operands without their brackets) get the brackets.
 */
export function printPromQL(expr: PromExpr): string {
  return printNode(expr, new WeakMap())
}

/** Like `printPromQL`, remembering the text of every node in the memo. */
export function printNode(expr: PromExpr, memo: PrintMemo): string {
  const known = memo.get(expr)
  if (known !== undefined) return known
  const text = print(expr, memo)
  memo.set(expr, text)
  return text
}

function print(expr: PromExpr, memo: PrintMemo): string {
  switch (expr.kind) {
    case 'number':
      return printNumber(expr)
    case 'string':
      return printText(expr.value)
    case 'selector':
      return printVectorSelector(expr)
    case 'matrix':
      return printMatrixSelector(expr)
    case 'subquery':
      return bracketed(printNode(expr.expr, memo), needsBracketsBeforeRange(expr.expr)) + printSubqueryTimes(expr)
    case 'call':
      return `${expr.name}(${expr.args.map((arg) => printNode(arg, memo)).join(', ')})`
    case 'aggregate': {
      const param = expr.param === undefined ? '' : `${printNode(expr.param, memo)}, `
      return `${aggregationHead(expr)}(${param}${printNode(expr.expr, memo)})`
    }
    case 'binary': {
      const left = bracketed(printNode(expr.left, memo), leftNeedsBrackets(expr))
      const right = bracketed(printNode(expr.right, memo), rightNeedsBrackets(expr))
      return `${left} ${printOperator(expr)} ${right}`
    }
    case 'unary':
      return expr.op + bracketed(printNode(expr.expr, memo), signedNeedsBrackets(expr.expr))
    case 'paren':
      return `(${printNode(expr.expr, memo)})`
  }
}

export function bracketed(text: string, brackets: boolean): string {
  return brackets ? `(${text})` : text
}

/** `sum`, `sum by (a, b) ` */
export function aggregationHead({ op, grouping }: Aggregation): string {
  if (grouping === undefined) return op
  return `${op} ${grouping.without ? 'without' : 'by'} ${labelList(grouping.labels)} `
}

function labelList(labels: readonly string[]): string {
  return `(${labels.map(printLabel).join(', ')})`
}

/** The operator with its modifiers: `== bool on (a) group_left (b)`. */
export function printOperator({ op, bool, matching }: BinaryExpr): string {
  return `${op}${bool ? ' bool' : ''}${matching === undefined ? '' : printMatching(matching)}`
}

function printMatching({ cardinality, on, labels, include, fillLeft, fillRight }: VectorMatching): string {
  const grouped = cardinality === 'many-to-one' || cardinality === 'one-to-many'
  let text = labels.length > 0 || on || grouped ? ` ${on ? 'on' : 'ignoring'} ${labelList(labels)}` : ''
  if (grouped) text += ` ${cardinality === 'many-to-one' ? 'group_left' : 'group_right'} ${labelList(include)}`
  if (fillLeft !== undefined && Object.is(fillLeft, fillRight)) return `${text} fill (${formatSampleValue(fillLeft)})`
  if (fillLeft !== undefined) text += ` fill_left (${formatSampleValue(fillLeft)})`
  if (fillRight !== undefined) text += ` fill_right (${formatSampleValue(fillRight)})`
  return text
}

/** How tight an expression holds together; operands without operators hold tightest. */
function powerOf(expr: PromExpr): number {
  if (expr.kind === 'binary') return bindingPower(expr.op)
  const signed = expr.kind === 'unary' || (expr.kind === 'number' && /^[-+]/.test(printNumber(expr)))
  return signed ? SIGN_POWER : Number.POSITIVE_INFINITY
}

export function leftNeedsBrackets({ op, left }: BinaryExpr): boolean {
  const difference = powerOf(left) - bindingPower(op)
  return difference < 0 || (difference === 0 && isRightAssociative(op))
}

export function rightNeedsBrackets({ op, right }: BinaryExpr): boolean {
  // A sign behind an operator belongs to what follows, however tight the operator binds.
  if (right.kind !== 'binary') return false
  const difference = bindingPower(right.op) - bindingPower(op)
  return difference < 0 || (difference === 0 && !isRightAssociative(op))
}

export function signedNeedsBrackets(expr: PromExpr): boolean {
  return expr.kind === 'binary' && bindingPower(expr.op) <= SIGN_POWER
}

export function needsBracketsBeforeRange(expr: PromExpr): boolean {
  return expr.kind === 'binary' || powerOf(expr) === SIGN_POWER
}
