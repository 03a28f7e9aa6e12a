import type { InfixOperator } from '../../text/pratt.ts'
import type { BinaryOp, PromExpr, Span, VectorMatching } from '../ast.ts'
import { typeOf } from '../check/types.ts'
import { PROM_FUNCTIONS } from '../functions.ts'
import { aggregationOf, QUERY_WORDS, type TokenKind } from '../lex/tokens.ts'
import { AGGREGATIONS, BINARY_OPS, bindingPower, isRightAssociative, isSetOperator } from '../operators.ts'
import { CursorGrammar } from './grammar.ts'
import { parseGrouping, parseModifiers, startsExpression } from './labels.ts'
import { atModifier, parseModifier } from './modifiers.ts'
import { atNumber, takeNumber } from './number.ts'
import { finishSelector, NAME_LABEL, parseVectorSelector } from './selector.ts'

const SIGN_POWER = bindingPower('*') + 1
const CALLED: ReadonlySet<TokenKind> = new Set<TokenKind>(['identifier', ...QUERY_WORDS])

/** Matching that was written where it may mean nothing: whether it may stand there, only the types tell. */
export type WrittenMatching = WeakMap<PromExpr, VectorMatching>

interface Operator extends InfixOperator {
  readonly op: BinaryOp
  readonly opAt: Span
  readonly bool: boolean
  readonly matching: VectorMatching | undefined
}

const NO_SPAN: Span = { start: 0, end: 0 }

const OPERATORS: ReadonlyMap<TokenKind, Operator> = new Map(
  BINARY_OPS.map((op): [TokenKind, Operator] => [
    op,
    {
      op,
      power: bindingPower(op),
      rightAssociative: isRightAssociative(op),
      opAt: NO_SPAN,
      bool: false,
      matching: undefined,
    },
  ]),
)

/** The grammar of expressions: syntax only. */
export class ExprGrammar extends CursorGrammar<PromExpr, Operator> {
  readonly written: WrittenMatching = new WeakMap()

  operand(): PromExpr {
    const { cursor } = this
    let expr = this.primary()
    while (atModifier(cursor)) {
      expr = parseModifier(cursor, expr)
      if (expr.kind === 'subquery') cursor.checkHeight(++this.height)
    }
    return expr
  }

  private primary(): PromExpr {
    const { cursor } = this
    this.height = 1
    if (atNumber(cursor)) {
      const { value, duration, token } = takeNumber(cursor)
      return { kind: 'number', value, duration, at: { start: token.start, end: token.end } }
    }
    const { kind, start } = cursor.token
    switch (kind) {
      case '+':
      case '-':
        return this.signed(kind)
      case '(': {
        cursor.take()
        const expr = this.nested()
        cursor.expect(')')
        return { kind: 'paren', expr, at: cursor.spanFrom(start) }
      }
      case 'string': {
        const { value } = cursor.take()
        return { kind: 'string', value, at: cursor.spanFrom(start) }
      }
      case 'aggregation':
        return this.aggregation()
      default:
        return CALLED.has(kind) ? this.nameOrCall() : parseVectorSelector(cursor)
    }
  }

  private signed(op: '+' | '-'): PromExpr {
    const { cursor } = this
    const { start } = cursor.take()
    cursor.enter()
    const expr = this.parse(SIGN_POWER)
    cursor.leave()
    const at = { start, end: expr.at.end }
    if (expr.kind === 'number') return { ...expr, value: op === '-' ? -expr.value : expr.value, at }
    cursor.checkHeight(++this.height)
    return { kind: 'unary', op, expr, at }
  }

  private nameOrCall(): PromExpr {
    const { cursor } = this
    const name = cursor.take()
    if (!cursor.at('(')) {
      const at = { start: name.start, end: name.end }
      return finishSelector(cursor, name.start, { name: NAME_LABEL, op: '=', value: name.text, at })
    }
    const args = this.args()
    const called = name.kind === 'identifier' ? name.text : name.kind
    if (!PROM_FUNCTIONS.has(called)) cursor.fail(`unknown function with name ${JSON.stringify(name.text)}`, name.start)
    return { kind: 'call', name: called, args, at: cursor.spanFrom(name.start) }
  }

  private aggregation(): PromExpr {
    const { cursor } = this
    const name = cursor.take()
    if (!cursor.at('(') && !cursor.at('by') && !cursor.at('without')) {
      const at = { start: name.start, end: name.end }
      return finishSelector(cursor, name.start, { name: NAME_LABEL, op: '=', value: name.text, at })
    }
    const op = aggregationOf(name)
    const { grouping, args } = cursor.within('aggregation', '', () => {
      const before = parseGrouping(cursor)
      if (!cursor.at('(')) cursor.unexpected()
      const list = this.args()
      return { grouping: before ?? parseGrouping(cursor), args: list }
    })
    const rule = AGGREGATIONS.get(op)
    const wanted = rule?.param === undefined ? 1 : 2
    const expr = args[wanted - 1]
    if (args.length === 0) return cursor.fail('no arguments for aggregate expression provided', name.start)
    if (args.length !== wanted || expr === undefined) {
      const counts = `expected ${wanted}, got ${args.length}`
      return cursor.fail(`wrong number of arguments for aggregate expression provided, ${counts}`, name.start)
    }
    const param = wanted === 2 ? args[0] : undefined
    return { kind: 'aggregate', op, expr, param, grouping, at: cursor.spanFrom(name.start) }
  }

  /** `(a, b)`; none is an empty list. */
  private args(): readonly PromExpr[] {
    const { cursor } = this
    cursor.take()
    const args: PromExpr[] = []
    let height = 0
    if (!cursor.at(')')) {
      for (;;) {
        args.push(this.nested())
        height = Math.max(height, this.height)
        if (!cursor.at(',')) break
        const comma = cursor.take()
        if (!startsExpression(cursor)) cursor.fail('trailing commas not allowed in function call args', comma.start)
      }
    }
    this.height = Math.max(height, 1)
    cursor.expect(')')
    return args
  }

  peekOperator(): Operator | undefined {
    return OPERATORS.get(this.cursor.token.kind)
  }

  takeOperator(operator: Operator): Operator {
    const { start, end } = this.cursor.take()
    return { ...operator, opAt: { start, end }, ...parseModifiers(this.cursor) }
  }

  combine(left: PromExpr, { op, opAt, bool, matching }: Operator, right: PromExpr): PromExpr {
    const vectors = typeOf(left) === 'vector' && typeOf(right) === 'vector'
    const manyToMany = isSetOperator(op) && matching?.cardinality === 'one-to-one'
    const fitting = manyToMany ? { ...matching, cardinality: 'many-to-many' as const } : matching
    const at = { start: left.at.start, end: right.at.end }
    const expr: PromExpr = { kind: 'binary', op, left, right, bool, matching: vectors ? fitting : undefined, at, opAt }
    if (!vectors && matching !== undefined && saysSomething(matching)) this.written.set(expr, matching)
    return expr
  }
}

function saysSomething({ labels, include, fillLeft, fillRight }: VectorMatching): boolean {
  return labels.length > 0 || include.length > 0 || fillLeft !== undefined || fillRight !== undefined
}
