/** How an infix operator binds: a higher power binds tighter. */
export interface InfixOperator {
  readonly power: number
  readonly rightAssociative: boolean
}

/**
 * What a language gives to the expression parser. `height` is the height of the last node that `operand` or `combine`
 * answered; the core keeps it true across operators and refuses trees that recursive walks could not survive.
 */
export interface InfixGrammar<Node, Operator extends InfixOperator> {
  height: number
  operand(): Node
  /** The infix operator at the cursor, or undefined; must not consume. */
  peekOperator(): Operator | undefined
  /** Consumes the operator and whatever modifies it (`bool`, `on (…)`); the answer goes to `combine`. */
  takeOperator(operator: Operator): Operator
  combine(left: Node, operator: Operator, right: Node): Node
  /** Called around each recursion; `enter` throws beyond the nesting limit. */
  enter(): void
  leave(): void
  /** Throws: the tree would become higher than walks may recurse. */
  tooHigh(): never
}

/** Highest tree that parsers of this package build. */
export const MAX_TREE_HEIGHT = 1000
/** Deepest nesting of brackets, calls and right-associative operators that parsers of this package follow. */
export const MAX_NESTING = 200

/** Parses operands joined by infix operators that bind at least as tight as `minimumPower`. Chains are read in a loop. */
export function parseInfix<Node, Operator extends InfixOperator>(
  grammar: InfixGrammar<Node, Operator>,
  minimumPower: number,
): Node {
  let left = grammar.operand()
  for (;;) {
    const next = grammar.peekOperator()
    if (next === undefined || next.power < minimumPower) return left
    const leftHeight = grammar.height
    const operator = grammar.takeOperator(next)
    grammar.enter()
    const right = parseInfix(grammar, next.rightAssociative ? next.power : next.power + 1)
    grammar.leave()
    const height = Math.max(leftHeight, grammar.height) + 1
    if (height > MAX_TREE_HEIGHT) grammar.tooHigh()
    grammar.height = height
    left = grammar.combine(left, operator, right)
  }
}
