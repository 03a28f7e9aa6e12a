import { formatSampleValue } from '@girok/query'
import {
  type AtModifier,
  type Duration,
  type Matcher,
  PROM_FUNCTIONS,
  type PromExpr,
  type VectorMatching,
  type VectorSelector,
} from '@girok/query/promql'

/**
 * A syntax tree in the shape of `parse_query` of Prometheus' API, on which its tree view and Grafana's builder work.
 * Durations and times are milliseconds; a duration that is an expression, and so has no value yet, is 0.
 */
export function treeOf(expr: PromExpr): object {
  switch (expr.kind) {
    case 'number':
      return { type: 'numberLiteral', val: formatSampleValue(expr.value) }
    case 'string':
      return { type: 'stringLiteral', val: expr.value }
    case 'selector':
      return { type: 'vectorSelector', ...selector(expr) }
    case 'matrix':
      return { type: 'matrixSelector', range: milliseconds(expr.range), ...selector(expr.selector) }
    case 'subquery':
      return {
        type: 'subquery',
        expr: treeOf(expr.expr),
        range: milliseconds(expr.range),
        offset: milliseconds(expr.offset),
        step: milliseconds(expr.step),
        ...evaluationTime(expr.atTime),
      }
    case 'call':
      return { type: 'call', func: functionOf(expr.name), args: expr.args.map(treeOf) }
    case 'aggregate':
      return {
        type: 'aggregation',
        op: expr.op,
        expr: treeOf(expr.expr),
        param: expr.param === undefined ? null : treeOf(expr.param),
        grouping: expr.grouping?.labels ?? [],
        without: expr.grouping?.without ?? false,
      }
    case 'binary':
      return {
        type: 'binaryExpr',
        op: expr.op,
        lhs: treeOf(expr.left),
        rhs: treeOf(expr.right),
        matching: expr.matching === undefined ? null : matchingOf(expr.matching),
        bool: expr.bool,
      }
    case 'unary':
      return { type: 'unaryExpr', op: expr.op, expr: treeOf(expr.expr) }
    case 'paren':
      return { type: 'parenExpr', expr: treeOf(expr.expr) }
  }
}

function selector({ name = '', matchers, offset, atTime, extended }: VectorSelector): object {
  return {
    name,
    offset: milliseconds(offset),
    matchers: matchers.map(({ name, op, value }: Matcher) => ({ name, value, type: op })),
    ...evaluationTime(atTime),
    ...(extended !== undefined && { [extended]: true }),
  }
}

function evaluationTime(at: AtModifier | undefined): {
  readonly timestamp: number | null
  readonly startOrEnd: string | null
} {
  return typeof at === 'number' ? { timestamp: at, startOrEnd: null } : { timestamp: null, startOrEnd: at ?? null }
}

function milliseconds(duration: Duration | undefined): number {
  return duration !== undefined && 'ms' in duration ? duration.ms : 0
}

function functionOf(name: string): object {
  const known = PROM_FUNCTIONS.get(name)
  return { name, argTypes: known?.args ?? [], variadic: known?.variadic ?? 0, returnType: known?.returns ?? 'vector' }
}

function matchingOf({ cardinality, on, labels, include, fillLeft, fillRight }: VectorMatching): object {
  return {
    card: cardinality,
    labels,
    on,
    include,
    fillValues: { lhs: fillLeft ?? null, rhs: fillRight ?? null },
  }
}
