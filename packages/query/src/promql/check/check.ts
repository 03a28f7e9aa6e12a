import { quoteText } from '../../text/go-quote.ts'
import type {
  Aggregation,
  BinaryExpr,
  FunctionCall,
  Matcher,
  PromExpr,
  ValueType,
  VectorMatching,
  VectorSelector,
} from '../ast.ts'
import { PROM_FUNCTIONS } from '../functions.ts'
import { AGGREGATIONS, isComparison, isSetOperator } from '../operators.ts'
import { promErrorAt } from '../parse/error.ts'
import { matchesEmptyText } from './matchers.ts'
import { typeName, typeOf } from './types.ts'

/**
 * Checks the types of a whole expression in the order of Prometheus, so that of several faults the same one is told. Throws
 * QueryError. `written` holds the matching of binary expressions whose sides are not both vectors.
 */
export function checkExpr(expr: PromExpr, text: string, written: WeakMap<PromExpr, VectorMatching>): void {
  new Checker(text, written).check(expr)
}

class Checker {
  private readonly text: string
  private readonly written: WeakMap<PromExpr, VectorMatching>

  constructor(text: string, written: WeakMap<PromExpr, VectorMatching>) {
    this.text = text
    this.written = written
  }

  check(expr: PromExpr): ValueType {
    switch (expr.kind) {
      case 'number':
        return 'scalar'
      case 'string':
        return 'string'
      case 'selector':
        this.checkSelector(expr)
        return 'vector'
      case 'matrix':
        this.checkSelector(expr.selector)
        return 'matrix'
      case 'subquery': {
        const type = this.check(expr.expr)
        if (type !== 'vector') this.fail(expr, `subquery is only allowed on instant vector, got ${type} instead`)
        return 'matrix'
      }
      case 'paren':
        return this.check(expr.expr)
      case 'unary': {
        const type = this.check(expr.expr)
        if (type === 'scalar' || type === 'vector') return type
        const got = quoteText(typeName(type))
        return this.fail(
          expr,
          `unary expression only allowed on expressions of type scalar or instant vector, got ${got}`,
        )
      }
      case 'aggregate':
        return this.checkAggregation(expr)
      case 'call':
        return this.checkCall(expr)
      case 'binary':
        return this.checkBinary(expr)
    }
  }

  private checkSelector(selector: VectorSelector): void {
    const { matchers } = selector
    const outside = outsideName(selector)
    if (outside === undefined) {
      if (!matchers.every(matchesEmptyText)) return
      this.fail(selector, 'vector selector must contain at least one non-empty matcher')
    }
    for (const matcher of matchers) {
      if (matcher === outside || matcher.name !== outside.name) continue
      const names = `${quoteText(outside.value)} or ${quoteText(matcher.value)}`
      this.fail(selector, `metric name must not be set twice: ${names}`)
    }
  }

  private checkAggregation({ op, expr, param }: Aggregation): ValueType {
    this.expect(expr, 'vector', 'aggregation expression')
    const wanted = AGGREGATIONS.get(op)?.param
    if (param !== undefined && wanted !== undefined) this.expect(param, wanted, 'aggregation parameter')
    return 'vector'
  }

  private expect(expr: PromExpr, wanted: ValueType, context: string): void {
    const type = this.check(expr)
    if (type === wanted) return
    this.fail(expr, `expected type ${typeName(wanted)} in ${context}, got ${typeName(type)}`)
  }

  private checkCall(call: FunctionCall): ValueType {
    const { name, args } = call
    const rule = PROM_FUNCTIONS.get(name)
    if (rule === undefined) return this.fail(call, `unknown function with name ${quoteText(name)}`)
    const fault = countFault(rule.args.length, rule.variadic, args.length)
    if (fault !== undefined) {
      this.fail(call, `expected ${fault.expected} argument(s) in call to ${quoteText(name)}, got ${args.length}`)
    }
    const labels = name === 'info' ? args[1] : undefined
    if (labels !== undefined) this.checkInfoLabels(call, labels)
    for (const [index, arg] of args.entries()) {
      // info's second argument lists labels: it may match everything.
      if (arg === labels) continue
      const wanted = rule.args[Math.min(index, rule.args.length - 1)] as ValueType
      this.expect(arg, wanted, `call to function ${quoteText(name)}`)
    }
    return rule.returns
  }

  private checkInfoLabels(call: FunctionCall, labels: PromExpr): void {
    const type = typeOf(labels)
    if (type !== 'vector') {
      this.fail(call, `expected type instant vector in call to function "info", got ${typeName(type)}`)
    }
    if (labels.kind !== 'selector') this.fail(labels, 'expected label selectors only')
    const named = labels.kind === 'selector' && outsideName(labels) !== undefined
    if (named) this.fail(labels, 'expected label selectors only, got vector selector instead')
  }

  private checkBinary(expr: BinaryExpr): ValueType {
    const { op, left, right, bool, opAt } = expr
    const leftType = this.check(left)
    const rightType = this.check(right)
    const scalars = leftType === 'scalar' && rightType === 'scalar'
    if (bool && !isComparison(op)) this.failAt(opAt.start, 'bool modifier can only be used on comparison operators')
    if (isComparison(op) && !bool && scalars) {
      this.failAt(opAt.start, 'comparisons between scalars must use BOOL modifier')
    }
    const matching = expr.matching ?? this.written.get(expr)
    const clash = matching?.on === true ? matching.labels.find((label) => matching.include.includes(label)) : undefined
    if (clash !== undefined) {
      this.failAt(opAt.start, `label ${quoteText(clash)} must not occur in ON and GROUP clause at once`)
    }
    for (const [side, type] of [[left, leftType] as const, [right, rightType] as const]) {
      if (type === 'scalar' || type === 'vector') continue
      this.fail(side, 'binary expression must contain only scalar and instant vector types')
    }
    if (matching !== undefined) this.checkMatching(expr, matching, leftType === 'vector' && rightType === 'vector')
    if (isSetOperator(op) && (leftType === 'scalar' || rightType === 'scalar')) {
      this.fail(expr, `set operator ${quoteText(op)} not allowed in binary scalar expression`)
    }
    return scalars ? 'scalar' : 'vector'
  }

  private checkMatching(expr: BinaryExpr, matching: VectorMatching, vectors: boolean): void {
    const filled = matching.fillLeft !== undefined || matching.fillRight !== undefined
    if (!vectors) {
      if (matching.labels.length > 0) this.fail(expr, 'vector matching only allowed between instant vectors')
      if (filled) this.fail(expr, 'filling in missing series only allowed between instant vectors')
    } else if (isSetOperator(expr.op)) {
      if (matching.cardinality !== 'many-to-many') {
        this.fail(expr, `no grouping allowed for ${quoteText(expr.op)} operation`)
      }
      if (filled) this.fail(expr, 'filling in missing series not allowed for set operators')
    }
  }

  private fail(expr: PromExpr, message: string): never {
    return this.failAt(expr.at.start, message)
  }

  private failAt(offset: number, message: string): never {
    throw promErrorAt(this.text, offset, message)
  }
}

/** The matcher of the name before the braces: it is the last one and starts where the selector does. */
function outsideName({ name, matchers, at }: VectorSelector): Matcher | undefined {
  const last = matchers.at(-1)
  return name !== undefined && last?.at.start === at.start ? last : undefined
}

function countFault(listed: number, variadic: number, given: number): { readonly expected: string } | undefined {
  if (variadic === 0) return given === listed ? undefined : { expected: String(listed) }
  const least = listed - 1
  if (given < least) return { expected: `at least ${least}` }
  return variadic > 0 && given > least + variadic ? { expected: `at most ${least + variadic}` } : undefined
}
