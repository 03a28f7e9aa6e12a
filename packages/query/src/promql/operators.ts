import type { AggregationOp, ArithmeticOp, BinaryOp, ComparisonOp, SetOp } from './ast.ts'

/** Binary operators from loosest to tightest; `^` alone is right-associative. A sign binds as tight as `*`. */
const LEVELS: readonly (readonly BinaryOp[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '>', '<', '>=', '<='],
  ['+', '-'],
  ['*', '/', '%', 'atan2'],
  ['^'],
]

const POWERS: ReadonlyMap<BinaryOp, number> = new Map(
  LEVELS.flatMap((ops, level) => ops.map((op): [BinaryOp, number] => [op, level + 1])),
)

/** How tight an operator binds, from 1. */
export function bindingPower(op: BinaryOp): number {
  return POWERS.get(op) as number
}

export function isRightAssociative(op: BinaryOp): boolean {
  return op === '^'
}

/** All binary operators, loosest first. */
export const BINARY_OPS: readonly BinaryOp[] = LEVELS.flat()
export const ARITHMETIC_OPS: readonly ArithmeticOp[] = ['+', '-', '*', '/', '%', '^', 'atan2']
export const COMPARISON_OPS: readonly ComparisonOp[] = ['==', '!=', '>', '<', '>=', '<=']
export const SET_OPS: readonly SetOp[] = ['and', 'or', 'unless']

const COMPARISONS: ReadonlySet<BinaryOp> = new Set<BinaryOp>(COMPARISON_OPS)
const SETS: ReadonlySet<BinaryOp> = new Set<BinaryOp>(SET_OPS)

export function isComparison(op: BinaryOp): op is ComparisonOp {
  return COMPARISONS.has(op)
}

export function isSetOperator(op: BinaryOp): op is SetOp {
  return SETS.has(op)
}

/** What an aggregation takes in front of the expression, and whether Prometheus calls it experimental. */
export interface AggregationRule {
  readonly param: 'scalar' | 'string' | undefined
  readonly experimental: boolean
}

const plain: AggregationRule = { param: undefined, experimental: false }
const counting: AggregationRule = { param: 'scalar', experimental: false }
const limiting: AggregationRule = { param: 'scalar', experimental: true }

/** Every aggregation of PromQL. */
export const AGGREGATIONS: ReadonlyMap<AggregationOp, AggregationRule> = new Map([
  ['sum', plain],
  ['avg', plain],
  ['count', plain],
  ['min', plain],
  ['max', plain],
  ['group', plain],
  ['stddev', plain],
  ['stdvar', plain],
  ['topk', counting],
  ['bottomk', counting],
  ['quantile', counting],
  ['count_values', { param: 'string', experimental: false }],
  ['limitk', limiting],
  ['limit_ratio', limiting],
])
