import { quoteText } from '../text/go-quote.ts'
import type { ListNode, ParsedTemplate, TemplateNode } from './ast.ts'
import { BodyScope, type CompilerContext, type Reads } from './body-scope.ts'
import { compileCall, invokeMethod } from './compile-call.ts'
import { UNSET } from './compile-pipe.ts'
import { compileList, type Execute } from './compile-statement.ts'
import { TemplateExecError } from './error.ts'
import { BUILTINS } from './functions/builtins.ts'
import { type FunctionTable, joinTables } from './functions/table.ts'
import { isEmpty, parseTemplateSource } from './parse.ts'
import { type MissingKey, type OutputEscaper, Run } from './run.ts'
import { Dictionary, type GoFunction, type Value } from './value.ts'

export interface TemplateOptions {
  /** Functions besides the language's own; of two of a name the later table's is called. */
  readonly functions?: readonly FunctionTable[]
  /** The name that messages tell. Default `template`. */
  readonly name?: string
  /**
   * What `.key` gives that a map has not: no value (`default`, printed as `<no value>`), the zero of the map's values
   * (`zero`: the empty text in a map of strings), or a failure (`error`).
   */
  readonly missingKey?: MissingKey
  /** Templates whose definitions this one may use; its own come first. */
  readonly include?: readonly Template[]
  /** Characters that one execution may write. Default 4 Mi. */
  readonly maxOutput?: number
  /** Work of one execution, in units of some ten nanoseconds. Default 10,000,000. */
  readonly maxWork?: number
}

/** What a template reads of the data given to it, as far as its text tells. */
export interface TemplateReads {
  readonly names: ReadonlySet<string>
  /** Whether the data is used as a whole, so that any name may be read. */
  readonly all: boolean
  /** Names of the functions that it calls. */
  readonly functions: ReadonlySet<string>
}

const DEFAULT_MAX_OUTPUT = 4_194_304
const DEFAULT_MAX_WORK = 10_000_000
/** Levels of blocks and pipelines through all templates that are being executed: each takes a few frames of the stack. */
const MAX_DEPTH = 500

/** A body ready to be executed. */
interface Body {
  readonly execute: Execute
  /** Where its nodes have their places. */
  readonly source: ParsedTemplate
  readonly slots: number
  readonly depth: number
}

/** Parses a template of Go's `text/template` language. Throws `TemplateSyntaxError`. */
export function parseTemplate(source: string, options: TemplateOptions = {}): Template {
  return new Template(source, options)
}

/** A parsed template. Executing it leaves no trace in it, so one may serve any number of executions, one by one. */
export class Template {
  readonly name: string
  private readonly parsed: ParsedTemplate
  private readonly include: readonly Template[]
  private readonly functions: ReadonlyMap<string, GoFunction>
  private readonly bounds: { readonly maxOutput: number; readonly maxWork: number }
  private readonly context: CompilerContext
  private readonly collected: Reads = { names: new Set(), all: false, functions: new Set() }
  private readonly bodies = new Map<string, Body>()
  private readonly root: ListNode
  /** Compiled when it is first asked for: whoever only checks a template needs no more than its parsing. */
  private compiledMain: Body | undefined
  /** Texts and names of fields, in turn, when the template is nothing else. */
  private readonly plain: readonly string[] | undefined

  constructor(source: string, options: TemplateOptions) {
    this.name = options.name ?? 'template'
    this.include = options.include ?? []
    this.functions = mergeFunctions(options.functions ?? [])
    this.bounds = {
      maxOutput: options.maxOutput ?? DEFAULT_MAX_OUTPUT,
      maxWork: options.maxWork ?? DEFAULT_MAX_WORK,
    }
    this.parsed = parseTemplateSource(source, this.name, (name) => this.functions.has(name))
    this.context = {
      missingKey: options.missingKey ?? 'default',
      compileCall,
      invokeMethod,
      functionNamed: (name) => this.functions.get(name),
      invokeTemplate: (run, node, data) => this.invoke(run, node, data),
    }
    // An empty main template may be defined by name within itself.
    this.root = this.parsed.definitions.get(this.name) as ListNode
    this.plain = plainParts(this.root)
  }

  get reads(): TemplateReads {
    // What is compiled says what it reads.
    for (const name of this.parsed.definitions.keys()) this.bodyOf(name)
    return this.collected
  }

  /** Names of the templates that this one defines, itself included. */
  definitions(): readonly string[] {
    return [...this.parsed.definitions.keys()]
  }

  /**
   * The template's text for the data. `context` is handed to the functions of tables, `escaper` changes what actions write.
   * Throws `TemplateExecError` and nothing else, as long as the functions throw `FunctionFault` alone.
   */
  execute(data: Value, context?: unknown, escaper?: OutputEscaper): string {
    if (this.plain !== undefined && escaper === undefined && data instanceof Dictionary) {
      const text = fillPlain(this.plain, data, this.context.missingKey === 'zero' ? '' : undefined)
      if (text !== undefined && text.length <= this.bounds.maxOutput) return text
    }
    return this.executeBody(this.main, this.name, data, context, escaper)
  }

  private get main(): Body {
    this.compiledMain ??= this.compile(this.parsed, this.root, true)
    return this.compiledMain
  }

  /** As `execute`, of a template that this one or an included one defines. */
  executeTemplate(name: string, data: Value, context?: unknown): string {
    const body = this.bodyOf(name)
    if (body === undefined) {
      throw new TemplateExecError(
        `template: no template ${quoteText(name)} associated with template ${quoteText(this.name)}`,
      )
    }
    return this.executeBody(body, name, data, context)
  }

  private executeBody(body: Body, name: string, data: Value, context: unknown, escaper?: OutputEscaper): string {
    const run = new Run(body.source, this.bounds, context, frameOf(body, data))
    run.name = name
    run.depth = body.depth
    run.escaper = escaper
    try {
      body.execute(run, data)
    } catch (error) {
      throw run.wrap(error)
    }
    return run.out
  }

  private invoke(run: Run, node: TemplateNode, data: () => Value): void {
    const body = this.bodyOf(node.name) ?? run.fail(`template ${quoteText(node.name)} not defined`)
    run.spend(body.slots)
    if (run.depth + body.depth + 1 > MAX_DEPTH) run.fail(`exceeded maximum template depth (${MAX_DEPTH})`)
    const dot = data()
    const { name, source, variables } = run
    run.depth += body.depth + 1
    run.name = node.name
    run.source = body.source
    run.variables = frameOf(body, dot)
    body.execute(run, dot)
    run.depth -= body.depth + 1
    run.name = name
    run.source = source
    run.variables = variables
  }

  private bodyOf(name: string): Body | undefined {
    const known = this.bodies.get(name)
    if (known !== undefined) return known
    const parsed = this.definitionOf(name)
    if (parsed === undefined) return undefined
    const list = parsed.definitions.get(name) as ListNode
    const body = list === this.root ? this.main : this.compile(parsed, list, false)
    this.bodies.set(name, body)
    return body
  }

  /** The source that defines the template. Of an empty definition and one with content the latter counts. */
  private definitionOf(name: string): ParsedTemplate | undefined {
    let empty: ParsedTemplate | undefined
    const own = this.parsed.definitions.get(name)
    if (own !== undefined) {
      if (!isEmpty(own)) return this.parsed
      empty = this.parsed
    }
    for (const template of this.include) {
      const parsed = template.definitionOf(name)
      if (parsed === undefined) continue
      if (!isEmpty(parsed.definitions.get(name) as ListNode)) return parsed
      empty ??= parsed
    }
    return empty
  }

  private compile(source: ParsedTemplate, list: ListNode, isMain: boolean): Body {
    const scope = new BodyScope(this.context, this.collected, isMain)
    const execute = compileList(scope, list)
    return { execute, source, slots: scope.slotCount, depth: scope.depth }
  }
}

const merged = new WeakMap<readonly FunctionTable[], ReadonlyMap<string, GoFunction>>()

/** The tables with the language's own functions, made once for each list of tables. */
function mergeFunctions(tables: readonly FunctionTable[]): ReadonlyMap<string, GoFunction> {
  const known = merged.get(tables)
  if (known !== undefined) return known
  const functions = joinTables(BUILTINS, ...tables)
  merged.set(tables, functions)
  return functions
}

function frameOf(body: Body, data: Value): Value[] {
  if (body.slots === 1) return [data]
  const frame: Value[] = new Array(body.slots).fill(UNSET)
  frame[0] = data
  return frame
}

/** Texts at even places and names of fields at odd ones, for a template that only shows fields of its data. */
function plainParts(root: ListNode): readonly string[] | undefined {
  const parts: string[] = []
  for (const node of root.nodes) {
    if (node.kind === 'text') {
      if (parts.length % 2 === 1) parts[parts.length - 1] += node.text
      else parts.push(node.text)
      continue
    }
    const command = node.kind === 'action' && node.pipe.declarations.length === 0 ? node.pipe.commands : []
    const operand = command.length === 1 ? command[0]?.operands : undefined
    const [first] = operand ?? []
    if (operand?.length !== 1 || first?.kind !== 'field' || first.names.length !== 1) return undefined
    if (parts.length % 2 === 0) parts.push('')
    parts.push(first.names[0] as string)
  }
  return parts
}

/** The text, or undefined when a field is missing, which is for the general way to judge. */
function fillPlain(parts: readonly string[], data: Dictionary, missing: string | undefined): string | undefined {
  let out = ''
  for (let i = 0; i < parts.length; i += 2) {
    out += parts[i] as string
    const name = parts[i + 1]
    if (name === undefined) break
    const value = data.method(name) === undefined ? (data.get(name) ?? missing) : undefined
    if (value === undefined) return undefined
    out += value
  }
  return out
}
