import { type InfixGrammar, type InfixOperator, MAX_TREE_HEIGHT, parseInfix } from '../../text/pratt.ts'
import type { BinaryOp, Expr, MetricExpr, RangeOp, VectorMatching, VectorOp } from '../ast.ts'
import { scalarOperation } from '../fold.ts'
import { FUNCTION_NAMES, nearestName, RANGE_RULES, VECTOR_RULES } from '../operations.ts'
import { BINARY_OPS, bindingPower, COMPARISONS, isRightAssociative, SET_OPERATORS } from '../operators.ts'
import type { TokenKind } from '../tokens.ts'
import {
  parseLabelList,
  parseLabelReplace,
  parseRangeAggregation,
  parseVector,
  parseVectorAggregation,
} from './aggregation.ts'
import type { Cursor } from './cursor.ts'
import { takeSignedNumber } from './label-filter.ts'
import { parseLogExpr } from './range.ts'

interface Operator extends InfixOperator {
  readonly op: BinaryOp
  readonly bool: boolean
  readonly matching?: VectorMatching
  /** Where the operator stands, once taken. */
  readonly start: number
}

const OPERATORS: ReadonlyMap<TokenKind, Operator> = new Map(
  BINARY_OPS.map((op) => [
    op,
    { op, power: bindingPower(op), rightAssociative: isRightAssociative(op), bool: false, start: 0 },
  ]),
)

/** Any LogQL expression at the cursor. */
export function parseExpr(cursor: Cursor): Expr {
  return new ExprGrammar(cursor).parse()
}

class ExprGrammar implements InfixGrammar<Expr, Operator> {
  height = 1
  private readonly cursor: Cursor

  constructor(cursor: Cursor) {
    this.cursor = cursor
  }

  parse(): Expr {
    return parseInfix(this, 1)
  }

  operand(): Expr {
    const { cursor } = this
    this.height = 1
    switch (cursor.token.kind) {
      case '{':
        return parseLogExpr(cursor)
      case '(':
        return this.parenthesised()
      case 'number':
      case '+':
      case '-': {
        const { start } = cursor.token
        if (cursor.token.kind === '-' && cursor.lookahead().kind !== 'number') {
          cursor.take()
          cursor.unexpected(['number'], 'only numbers can be negated; write 0 - … or -1 * …')
        }
        const value = takeSignedNumber(cursor) as number
        return { kind: 'number', value, at: cursor.spanFrom(start) }
      }
      case 'identifier':
        return this.call()
      default:
        return cursor.unexpected([], expressionHint(cursor))
    }
  }

  private parenthesised(): Expr {
    const { cursor } = this
    cursor.enter()
    const { start } = cursor.take()
    const inner = this.parse()
    if (!cursor.at(')')) cursor.unexpected([')'])
    cursor.take()
    cursor.leave()
    // Faults of a number in parentheses point at the whole operand.
    return inner.kind === 'number' ? { ...inner, at: cursor.spanFrom(start) } : inner
  }

  private call(): Expr {
    const { cursor } = this
    const name = cursor.token.text.toLowerCase()
    const next = cursor.lookahead().kind
    const called = next === '(' || next === 'by' || next === 'without'
    if (called && RANGE_RULES.has(name as RangeOp)) return parseRangeAggregation(cursor, name as RangeOp)
    const inner = () => this.metric()
    if (called && VECTOR_RULES.has(name as VectorOp)) {
      return this.nested(() => parseVectorAggregation(cursor, name as VectorOp, inner))
    }
    if (next === '(' && name === 'label_replace') return this.nested(() => parseLabelReplace(cursor, inner))
    if (next === '(' && name === 'vector') return parseVector(cursor)
    const near = nearestName(name, FUNCTION_NAMES)
    if (next === '(' && near !== undefined && near !== name) return cursor.unexpected([], `did you mean ${near}?`)
    return cursor.unexpected([], expressionHint(cursor))
  }

  private nested<T>(parse: () => T): T {
    this.cursor.enter()
    const result = parse()
    this.cursor.leave()
    this.height++
    if (this.height > MAX_TREE_HEIGHT) this.tooHigh()
    return result
  }

  private metric(): MetricExpr {
    const { cursor } = this
    const start = cursor.token.start
    const inner = this.parse()
    if (inner.kind === 'log') {
      const hint = 'a log query has no numbers to aggregate; wrap it, as in rate({app="x"} [5m])'
      if (cursor.at('range')) cursor.fail(`syntax error: unexpected RANGE, expecting ): ${hint}`)
      return cursor.fail(`syntax error: unexpected log query, expecting a metric query: ${hint}`, start)
    }
    return inner
  }

  peekOperator(): Operator | undefined {
    return OPERATORS.get(this.cursor.token.kind)
  }

  takeOperator(operator: Operator): Operator {
    const { cursor } = this
    const { start } = cursor.take()
    const bool = cursor.at('bool')
    if (bool) {
      if (!COMPARISONS.has(operator.op))
        cursor.fail(`bool is allowed only after a comparison, not after ${operator.op}`)
      cursor.take()
    }
    const matching = parseMatching(cursor, operator.op)
    return { ...operator, bool, start, ...(matching === undefined ? {} : { matching }) }
  }

  combine(left: Expr, operator: Operator, right: Expr): Expr {
    const { op } = operator
    if (left.kind === 'log') return this.refuseLog('left', op, left)
    if (right.kind === 'log') return this.refuseLog('right', op, right)
    if (SET_OPERATORS.has(op)) {
      for (const [side, leg] of [['left', left] as const, ['right', right] as const]) {
        if (leg.kind !== 'number') continue
        const leading = `unexpected literal for ${side} leg of logical/set binary operation (${op})`
        this.cursor.fail(`${leading}: ${leg.value.toFixed(6)}; wrap it in vector(…)`, leg.at.start)
      }
    }
    const at = { start: left.at.start, end: right.at.end }
    if (left.kind === 'number' && right.kind === 'number') {
      this.height = 1
      return { kind: 'number', value: scalarOperation(op, left.value, right.value), at }
    }
    const { bool, matching } = operator
    return { kind: 'binary', op, bool, ...(matching === undefined ? {} : { matching }), left, right, at }
  }

  private refuseLog(side: 'left' | 'right', op: BinaryOp, leg: Expr): never {
    const message = `unexpected type for ${side} leg of binary operation (${op}): a log query; wrap it, as in rate({app="x"} [5m])`
    return this.cursor.fail(message, leg.at.start)
  }

  enter(): void {
    this.cursor.enter()
  }

  leave(): void {
    this.cursor.leave()
  }

  tooHigh(): never {
    return this.cursor.fail(`more than ${MAX_TREE_HEIGHT} operators in one chain`)
  }
}

function expressionHint(cursor: Cursor): string {
  if (cursor.at('end')) return 'a query starts with a selector such as {app="x"} or a function such as rate(…)'
  if (cursor.at('identifier') && cursor.lookahead().kind !== '(') return 'a selector stands in braces: {app="x"}'
  return ''
}

function parseMatching(cursor: Cursor, op: BinaryOp): VectorMatching | undefined {
  if (!cursor.at('on') && !cursor.at('ignoring')) {
    if (cursor.at('group_left') || cursor.at('group_right')) {
      cursor.unexpected([], `${cursor.token.kind} needs on (…) or ignoring (…) before it`)
    }
    return undefined
  }
  const on = cursor.take().kind === 'on'
  const labels = parseLabelList(cursor)
  if (!cursor.at('group_left') && !cursor.at('group_right')) return { on, labels, card: 'one-to-one', include: [] }
  if (SET_OPERATORS.has(op)) cursor.fail(`no grouping allowed for ${op} operation`)
  const card = cursor.take().kind === 'group_left' ? 'many-to-one' : 'one-to-many'
  return { on, labels, card, include: cursor.at('(') ? parseLabelList(cursor) : [] }
}
