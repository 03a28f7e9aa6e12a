import { quoteText } from '../text/go-quote.ts'
import type { ErrorNode, ParsedTemplate } from './ast.ts'
import { FunctionFault, LimitFault, TemplateExecError } from './error.ts'
import { printNode } from './print.ts'
import { byteLength } from './utf8.ts'
import type { CallScope, Value } from './value.ts'

/** What to do about keys that a map has not: see `TemplateOptions`. */
export type MissingKey = 'default' | 'zero' | 'error'

/** Makes the output of actions fit where it stands, as HTML asks for. */
export interface OutputEscaper {
  /**
   * What to write for a value whose text is `text`. `written` is all that stands before it; `lastFunction` names the
   * function that the value comes from, if one does.
   */
  escape(written: string, value: Value, text: string, lastFunction: string | undefined): string
}

/** One execution of a template: its output, variables, bounds, and the node it is at. */
export class Run implements CallScope {
  out = ''
  /** The node that a fault is told at. */
  node: ErrorNode | undefined
  /** The template being executed. */
  name: string
  /** The source that `node` lies in. */
  source: ParsedTemplate
  variables: Value[]
  depth = 0
  /** Changes what actions write; undefined: it is written as it is. */
  escaper: OutputEscaper | undefined
  readonly context: unknown
  readonly maxOutput: number
  private budget: number

  constructor(
    source: ParsedTemplate,
    bounds: { readonly maxOutput: number; readonly maxWork: number },
    context: unknown,
    variables: Value[],
  ) {
    this.name = source.name
    this.source = source
    this.maxOutput = bounds.maxOutput
    this.budget = bounds.maxWork
    this.context = context
    this.variables = variables
  }

  write(text: string): void {
    this.out += text
    this.checkLength(this.out.length)
  }

  spend(units: number): void {
    this.budget -= units
    if (this.budget < 0) throw new LimitFault('the template takes too many steps')
  }

  checkLength(characters: number): void {
    if (characters > this.maxOutput) throw new LimitFault(`the text exceeds ${this.maxOutput} characters`)
  }

  fail(reason: string): never {
    throw new TemplateExecError(this.located(reason))
  }

  /** Makes the module's own error of a fault; others are thrown as they are. */
  wrap(error: unknown): unknown {
    return error instanceof LimitFault || error instanceof FunctionFault
      ? new TemplateExecError(this.located(error.message))
      : error
  }

  private located(reason: string): string {
    const { node, source } = this
    const quoted = quoteText(this.name)
    if (node === undefined) return `template: ${this.name}: ${reason}`
    const before = source.source.slice(0, node.at)
    const lineStart = before.lastIndexOf('\n') + 1
    const line = lineStart === 0 ? 1 : before.split('\n').length
    const column = byteLength(before.slice(lineStart))
    return `template: ${source.name}:${line}:${column}: executing ${quoted} at <${printNode(node)}>: ${reason}`
  }
}
