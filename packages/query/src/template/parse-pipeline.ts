import { quoteText } from '../text/go-quote.ts'
import type { ChainNode, CommandNode, Operand, PipeNode, VariableNode } from './ast.ts'
import { readConstant, readString } from './constant.ts'
import { printNode } from './print.ts'
import type { Token, TokenKind } from './token.ts'
import type { TokenStream } from './token-stream.ts'

const OPERAND_STARTS: ReadonlySet<TokenKind> = new Set([
  'bool',
  'charConstant',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
])
const LITERALS: ReadonlySet<Operand['kind']> = new Set(['bool', 'dot', 'nil', 'number', 'string'])
/** Executing goes as deep as parsing, so one bound keeps both from the end of the stack. */
const MAX_PARENS = 100
/** Each stage of a pipeline lies around those before it. */
const MAX_STAGES = 1000

/** What the names in a template mean while it is parsed. */
export interface NameScope {
  hasFunction(name: string): boolean
  readonly variables: VariableScope
}

/** Variables declared so far, by name with their sign; those of a block are released at its end. */
export class VariableScope {
  private readonly declared: string[] = []
  private readonly counts = new Map<string, number>([['$', 1]])

  has(name: string): boolean {
    return (this.counts.get(name) ?? 0) > 0
  }

  declare(name: string): void {
    this.declared.push(name)
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  mark(): number {
    return this.declared.length
  }

  release(mark: number): void {
    for (const name of this.declared.splice(mark)) this.counts.set(name, (this.counts.get(name) as number) - 1)
  }
}

/** Reads pipelines: commands, operands and declarations. One for each template of a source. */
export class PipelineParser {
  private readonly stream: TokenStream
  private readonly scope: NameScope
  private parens = 0

  constructor(stream: TokenStream, scope: NameScope) {
    this.stream = stream
    this.scope = scope
  }

  pipeline(context: string, end: TokenKind): PipeNode {
    const { stream } = this
    const at = stream.peekNonSpace().at
    const declarations: VariableNode[] = []
    const isAssignment = this.declarations(context, declarations)
    const commands: CommandNode[] = []
    for (;;) {
      const token = stream.peekNonSpace()
      if (token.kind === end) {
        stream.next()
        this.check(commands, context)
        return { kind: 'pipe', at, declarations, isAssignment, commands }
      }
      if (!OPERAND_STARTS.has(token.kind)) {
        stream.next()
        stream.unexpected(token, context)
      }
      commands.push(this.command())
      if (commands.length > MAX_STAGES) stream.fail(`more than ${MAX_STAGES} commands in one pipeline`)
    }
  }

  /** Reads `$x :=`, `$x =` or, in a range, `$i, $v :=`; tells whether it was `=`. */
  private declarations(context: string, into: VariableNode[]): boolean {
    const { stream } = this
    for (;;) {
      const variable = stream.peekNonSpace()
      if (variable.kind !== 'variable') return false
      const mark = stream.mark()
      stream.next()
      const following = stream.peekNonSpace()
      const isComma = following.kind === 'char' && following.text === ','
      if (!isComma && following.kind !== 'assign' && following.kind !== 'declare') {
        stream.reset(mark)
        return false
      }
      stream.next()
      into.push({ kind: 'variable', at: variable.at, names: [variable.text] })
      this.scope.variables.declare(variable.text)
      if (!isComma) return following.kind === 'assign'
      if (context !== 'range' || into.length >= 2) stream.fail(`too many declarations in ${context}`)
      const { kind } = stream.peekNonSpace()
      if (kind !== 'variable' && kind !== 'rightDelim' && kind !== 'rightParen') {
        stream.fail('range can only initialize variables')
      }
    }
  }

  private check(commands: readonly CommandNode[], context: string): void {
    if (commands.length === 0) this.stream.fail(`missing value for ${context}`)
    for (const [index, { operands }] of commands.entries()) {
      const [first] = operands as [Operand]
      if (index > 0 && LITERALS.has(first.kind)) {
        this.stream.fail(`non executable command in pipeline stage ${index + 1}`)
      }
    }
  }

  private command(): CommandNode {
    const { stream } = this
    const at = stream.peekNonSpace().at
    const operands: Operand[] = []
    for (;;) {
      stream.peekNonSpace()
      const operand = this.operand()
      if (operand !== undefined) operands.push(operand)
      const mark = stream.mark()
      const token = stream.next()
      if (token.kind === 'space') continue
      if (token.kind === 'rightDelim' || token.kind === 'rightParen') stream.reset(mark)
      else if (token.kind !== 'pipe') stream.unexpected(token, 'operand')
      break
    }
    if (operands.length === 0) stream.fail('empty command')
    return { kind: 'command', at, operands }
  }

  private operand(): Operand | undefined {
    const { stream } = this
    const node = this.term()
    if (node === undefined || stream.peek().kind !== 'field') return node
    const { at } = stream.peek()
    const names: string[] = []
    while (stream.peek().kind === 'field') names.push(stream.next().text.slice(1))
    if (node.kind === 'field' || node.kind === 'variable') return { ...node, at, names: [...node.names, ...names] }
    if (LITERALS.has(node.kind)) stream.fail(`unexpected . after term ${quoteText(printNode(node))}`)
    const chain: ChainNode = { kind: 'chain', at, node, names }
    return chain
  }

  /** One operand without its fields; undefined when the next token begins none. */
  private term(): Operand | undefined {
    const { stream } = this
    const mark = stream.mark()
    const token = stream.nextNonSpace()
    const { at } = token
    switch (token.kind) {
      case 'identifier':
        if (!this.scope.hasFunction(token.text)) stream.fail(`function ${quoteText(token.text)} not defined`)
        return { kind: 'identifier', at, name: token.text }
      case 'dot':
      case 'nil':
        return { kind: token.kind, at }
      case 'variable':
        if (!this.scope.variables.has(token.text)) stream.fail(`undefined variable ${quoteText(token.text)}`)
        return { kind: 'variable', at, names: [token.text] }
      case 'field':
        return { kind: 'field', at, names: [token.text.slice(1)] }
      case 'bool':
        return { kind: 'bool', at, value: token.text === 'true' }
      case 'charConstant':
      case 'complex':
      case 'number':
        return this.number(token)
      case 'leftParen':
        return this.parenthesized()
      case 'string':
      case 'rawString': {
        const text = readString(token)
        if (text === undefined) stream.fail('invalid syntax')
        return { kind: 'string', at, quoted: token.text, text: text as string }
      }
      default:
        stream.reset(mark)
        return undefined
    }
  }

  private number(token: Token): Operand {
    const constant = readConstant(token)
    if (typeof constant === 'string') return this.stream.fail(constant)
    return { kind: 'number', at: token.at, text: token.text, ...constant }
  }

  private parenthesized(): PipeNode {
    if (this.parens >= MAX_PARENS) this.stream.fail('max expression depth exceeded')
    this.parens++
    const pipe = this.pipeline('parenthesized pipeline', 'rightParen')
    this.parens--
    return pipe
  }
}
