import { type InfixGrammar, type InfixOperator, parseInfix } from '../../text/pratt.ts'
import type { Cursor } from './cursor.ts'

/** What the grammars of expressions and of durations share: their place in the text and their bounds. */
export abstract class CursorGrammar<Node, Operator extends InfixOperator> implements InfixGrammar<Node, Operator> {
  height = 1
  protected readonly cursor: Cursor

  constructor(cursor: Cursor) {
    this.cursor = cursor
  }

  /** Operands joined by operators that bind at least as tight as the power. */
  parse(minimumPower = 1): Node {
    return parseInfix(this, minimumPower)
  }

  abstract operand(): Node
  abstract peekOperator(): Operator | undefined
  abstract takeOperator(operator: Operator): Operator
  abstract combine(left: Node, operator: Operator, right: Node): Node

  /** Parses what stands inside of a node; the height is then that of the node around it. */
  protected nested(minimumPower = 1): Node {
    this.cursor.enter()
    const node = this.parse(minimumPower)
    this.cursor.leave()
    this.cursor.checkHeight(++this.height)
    return node
  }

  enter(): void {
    this.cursor.enter()
  }

  leave(): void {
    this.cursor.leave()
  }

  tooHigh(): never {
    return this.cursor.tooHigh()
  }
}
