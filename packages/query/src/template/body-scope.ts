import type { ErrorNode, IdentifierNode, Operand, TemplateNode } from './ast.ts'
import type { Argument, Command } from './closures.ts'
import type { MissingKey, Run } from './run.ts'
import type { GoFunction, Value } from './value.ts'

/** What compiled bodies take from the template as a whole. */
export interface CompilerContext {
  readonly missingKey: MissingKey
  /** A call of a function of the tables; `node` is what faults of the call show. */
  compileCall(
    scope: BodyScope,
    identifier: IdentifierNode,
    node: ErrorNode,
    args: readonly Operand[],
    hasPiped: boolean,
  ): Command
  /** Calls a method that a chain of fields has come to. */
  invokeMethod(
    run: Run,
    dot: Value,
    method: GoFunction,
    name: string,
    node: ErrorNode,
    passed: readonly Argument[],
    hasPiped: boolean,
    piped: Value,
  ): Value
  /** Executes another template; the data is evaluated once it is known to exist. */
  invokeTemplate(run: Run, node: TemplateNode, data: () => Value): void
  functionNamed(name: string): GoFunction | undefined
}

/** What a template reads of its data. */
export interface Reads {
  readonly names: Set<string>
  /** Whether the data is used as a whole, so that any name may be read. */
  all: boolean
  readonly functions: Set<string>
}

/**
 * Names while one body is compiled: each declaration has a slot of its own in the execution's variables, and a block's end
 * hides its declarations. Slot 0 is `$`.
 */
export class BodyScope {
  readonly compiler: CompilerContext
  private readonly reads: Reads
  /** Whether this body's `$` may be the data given to `execute`. Other bodies get theirs from an expression. */
  private readonly isMain: boolean
  /** Whether the dot is `$` here. */
  private dotIsRoot: boolean
  private readonly slots = new Map<string, number[]>([['$', [0]]])
  private readonly declared: string[] = []
  private nesting = 0
  slotCount = 1
  /** The deepest nesting of blocks and pipelines. */
  depth = 0

  constructor(compiler: CompilerContext, reads: Reads, isMain: boolean) {
    this.compiler = compiler
    this.reads = reads
    this.isMain = isMain
    this.dotIsRoot = isMain
  }

  declare(name: string): number {
    const slot = this.slotCount++
    const known = this.slots.get(name)
    if (known === undefined) this.slots.set(name, [slot])
    else known.push(slot)
    this.declared.push(name)
    return slot
  }

  slotOf(name: string): number | undefined {
    return this.slots.get(name)?.at(-1)
  }

  /** Compiles a block: its declarations end with it, and the dot is another one if `dot` says so. */
  block<T>(dot: 'same' | 'other', compile: () => T): T {
    const { dotIsRoot } = this
    const mark = this.declared.length
    if (dot === 'other') this.dotIsRoot = false
    this.enter()
    const result = compile()
    this.leave()
    this.dotIsRoot = dotIsRoot
    for (const name of this.declared.splice(mark)) (this.slots.get(name) as number[]).pop()
    return result
  }

  enter(): void {
    this.nesting++
    if (this.nesting > this.depth) this.depth = this.nesting
  }

  leave(): void {
    this.nesting--
  }

  readDot(): void {
    if (this.dotIsRoot) this.reads.all = true
  }

  readRoot(): void {
    if (this.isMain) this.reads.all = true
  }

  readDotField(name: string): void {
    if (this.dotIsRoot) this.reads.names.add(name)
  }

  readRootField(name: string): void {
    if (this.isMain) this.reads.names.add(name)
  }

  useFunction(name: string): void {
    this.reads.functions.add(name)
  }
}
