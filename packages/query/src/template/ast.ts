/** Nodes of a parsed template. `at` is a UTF-16 offset into the source; lines count from 1. */

export interface DotNode {
  readonly kind: 'dot'
  readonly at: number
}
export interface NilNode {
  readonly kind: 'nil'
  readonly at: number
}
export interface BoolNode {
  readonly kind: 'bool'
  readonly at: number
  readonly value: boolean
}
/** A constant that takes the type its place asks for; what it cannot be is undefined. */
export interface NumberNode {
  readonly kind: 'number'
  readonly at: number
  readonly text: string
  readonly int?: bigint | undefined
  readonly uint?: bigint | undefined
  readonly float?: number | undefined
}
export interface StringNode {
  readonly kind: 'string'
  readonly at: number
  readonly quoted: string
  readonly text: string
}
/** `.a.b` */
export interface FieldNode {
  readonly kind: 'field'
  readonly at: number
  readonly names: readonly string[]
}
/** `$x.a.b`; the first name is the variable's, with its sign. */
export interface VariableNode {
  readonly kind: 'variable'
  readonly at: number
  readonly names: readonly string[]
}
export interface IdentifierNode {
  readonly kind: 'identifier'
  readonly at: number
  readonly name: string
}
/** `(pipeline).a.b` or `function.a.b` */
export interface ChainNode {
  readonly kind: 'chain'
  readonly at: number
  readonly node: Operand
  readonly names: readonly string[]
}
export interface PipeNode {
  readonly kind: 'pipe'
  readonly at: number
  readonly declarations: readonly VariableNode[]
  /** Whether the declarations set variables that exist (`=`) rather than make new ones (`:=`). */
  readonly isAssignment: boolean
  readonly commands: readonly CommandNode[]
}
export type Operand =
  | DotNode
  | NilNode
  | BoolNode
  | NumberNode
  | StringNode
  | FieldNode
  | VariableNode
  | IdentifierNode
  | ChainNode
  | PipeNode

export interface CommandNode {
  readonly kind: 'command'
  readonly at: number
  /** The first is what is called or shown, the others its arguments. Never empty. */
  readonly operands: readonly Operand[]
}

export interface TextNode {
  readonly kind: 'text'
  readonly at: number
  readonly text: string
}
export interface ActionNode {
  readonly kind: 'action'
  readonly at: number
  readonly pipe: PipeNode
}
export interface BranchNode {
  readonly kind: 'if' | 'with' | 'range'
  readonly at: number
  readonly pipe: PipeNode
  readonly body: ListNode
  readonly otherwise?: ListNode | undefined
}
export interface TemplateNode {
  readonly kind: 'template'
  readonly at: number
  readonly name: string
  readonly pipe?: PipeNode | undefined
}
export interface JumpNode {
  readonly kind: 'break' | 'continue'
  readonly at: number
}
export interface ListNode {
  readonly kind: 'list'
  readonly at: number
  readonly nodes: readonly Statement[]
}
export type Statement = TextNode | ActionNode | BranchNode | TemplateNode | JumpNode

export type ErrorNode = Operand | CommandNode | Statement

export interface ParsedTemplate {
  readonly name: string
  readonly source: string
  readonly root: ListNode
  /** Templates by name, this one included. */
  readonly definitions: ReadonlyMap<string, ListNode>
}
