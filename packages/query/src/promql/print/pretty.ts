import { utf8Length } from '../../text/position.ts'
import type { BinaryExpr, PromExpr } from '../ast.ts'
import { parsePromQL } from '../parse/parse.ts'
import {
  aggregationHead,
  bracketed,
  leftNeedsBrackets,
  needsBracketsBeforeRange,
  type PrintMemo,
  printNode,
  printOperator,
  rightNeedsBrackets,
  signedNeedsBrackets,
} from './print.ts'
import { printSubqueryTimes } from './selector.ts'

/** Longer texts of a node are split, in UTF-8 bytes. */
const MAX_COLUMNS = 100
const INDENT = '  '

/** A query text laid out as `format_query` of Prometheus lays it out. Throws QueryError for what is no PromQL. */
export function formatPromQL(text: string): string {
  return prettyPromQL(parsePromQL(text))
}

/**
 * The text of an expression over several lines, where it is long: arguments, operands and operators of a node that is longer
 * than 100 bytes stand on lines of their own; selectors are never split.
 */
export function prettyPromQL(expr: PromExpr): string {
  return lay(expr, '', new WeakMap())
}

/** The lines of an expression, each with the indent in front. */
function lay(expr: PromExpr, indent: string, memo: PrintMemo): string {
  const oneLine = printNode(expr, memo)
  if (oneLine.length <= MAX_COLUMNS && utf8Length(oneLine) <= MAX_COLUMNS) return indent + oneLine
  const inner = indent + INDENT
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'selector':
    case 'matrix':
      return indent + oneLine
    case 'subquery': {
      const text = lay(expr.expr, indent, memo)
      return layBracketed(text, indent, needsBracketsBeforeRange(expr.expr)) + printSubqueryTimes(expr)
    }
    case 'call':
      return `${indent}${expr.name}(\n${expr.args.map((arg) => lay(arg, inner, memo)).join(',\n')}\n${indent})`
    case 'aggregate': {
      const param = expr.param === undefined ? '' : `${lay(expr.param, inner, memo)},\n`
      return `${indent}${aggregationHead(expr)}(\n${param}${lay(expr.expr, inner, memo)}\n${indent})`
    }
    case 'binary':
      return layBinary(expr, indent, memo)
    case 'unary': {
      const text = layBracketed(lay(expr.expr, indent, memo), indent, signedNeedsBrackets(expr.expr))
      return `${indent}${expr.op}${text.slice(indent.length).trimStart()}`
    }
    case 'paren':
      return `${indent}(\n${lay(expr.expr, inner, memo)}\n${indent})`
  }
}

function layBinary(expr: BinaryExpr, indent: string, memo: PrintMemo): string {
  const inner = indent + INDENT
  const left = layBracketed(lay(expr.left, inner, memo), inner, leftNeedsBrackets(expr))
  const right = layBracketed(lay(expr.right, inner, memo), inner, rightNeedsBrackets(expr))
  return `${left}\n${indent}${printOperator(expr)}\n${right}`
}

/** Brackets around laid out text whose first line may be indented deeper, as the left side of an operator is. */
function layBracketed(text: string, indent: string, brackets: boolean): string {
  return brackets ? indent + bracketed(text.trimStart(), true) : text
}
