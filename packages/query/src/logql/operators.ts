import type { BinaryOp } from './ast.ts'

/** Binary operators from loosest to tightest. */
const LEVELS: readonly (readonly BinaryOp[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '>', '>=', '<', '<='],
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
]

const POWERS: ReadonlyMap<BinaryOp, number> = new Map(
  LEVELS.flatMap((ops, level) => ops.map((op): [BinaryOp, number] => [op, level + 1])),
)

export const BINARY_OPS: readonly BinaryOp[] = LEVELS.flat()
export const COMPARISONS: ReadonlySet<BinaryOp> = new Set(LEVELS[2])
export const SET_OPERATORS: ReadonlySet<BinaryOp> = new Set<BinaryOp>(['and', 'or', 'unless'])

/** How tight an operator binds, from 1. */
export function bindingPower(op: BinaryOp): number {
  return POWERS.get(op) as number
}

export function isRightAssociative(op: BinaryOp): boolean {
  return op === '^'
}
