import { quoteText } from '../text/go-quote.ts'
import type { BranchNode, JumpNode, ListNode, ParsedTemplate, Statement, TemplateNode } from './ast.ts'
import { readString } from './constant.ts'
import { lex } from './lex.ts'
import { PipelineParser, VariableScope } from './parse-pipeline.ts'
import type { Token } from './token.ts'
import { TokenStream } from './token-stream.ts'

/** Where a list of statements ended. */
interface Ending {
  readonly kind: 'end' | 'else'
}
type Read = Statement | Ending

/** Blocks within one another: executing goes as deep as parsing. Chains of `else if` count as well. */
const MAX_BLOCKS = 200

/** What the templates of one source share. */
interface Source {
  readonly stream: TokenStream
  readonly definitions: Map<string, ListNode>
  readonly hasFunction: (name: string) => boolean
  blocks: number
}

/**
 * Parses a template and those that it defines. Functions must be known by name; variables must be declared before use.
 * Throws `TemplateSyntaxError`.
 */
export function parseTemplateSource(
  source: string,
  name: string,
  hasFunction: (name: string) => boolean,
): ParsedTemplate {
  const shared: Source = {
    stream: new TokenStream(name, lex(source)),
    definitions: new Map(),
    hasFunction,
    blocks: 0,
  }
  const root = new TemplateParser(shared).file()
  define(shared, name, root)
  return { name, source, root, definitions: shared.definitions }
}

/** Whether a template has nothing but blanks, as one has that only defines others. */
export function isEmpty(list: ListNode): boolean {
  return list.nodes.every((node) => node.kind === 'text' && node.text.trim() === '')
}

/** A later definition replaces an empty one; two with content are a fault. */
function define({ definitions, stream }: Source, name: string, list: ListNode): void {
  const known = definitions.get(name)
  if (known === undefined || isEmpty(known)) definitions.set(name, list)
  else if (!isEmpty(list)) stream.fail(`template: multiple definition of template ${quoteText(name)}`)
}

class TemplateParser {
  private readonly source: Source
  private readonly stream: TokenStream
  private readonly variables = new VariableScope()
  private readonly pipes: PipelineParser
  private rangeDepth = 0

  constructor(source: Source) {
    this.source = source
    this.stream = source.stream
    this.pipes = new PipelineParser(source.stream, { hasFunction: source.hasFunction, variables: this.variables })
  }

  /** The whole source: statements and definitions up to its end. */
  file(): ListNode {
    const { stream } = this
    const nodes: Statement[] = []
    const { at } = stream.peek()
    while (stream.peek().kind !== 'eof') {
      if (stream.peek().kind === 'leftDelim') {
        const mark = stream.mark()
        stream.next()
        if (stream.nextNonSpace().kind === 'define') {
          new TemplateParser(this.source).definition()
          continue
        }
        stream.reset(mark)
      }
      const read = this.textOrAction()
      if (isEnding(read)) stream.fail(`unexpected {{${read.kind}}}`)
      nodes.push(read as Statement)
    }
    return { kind: 'list', at, nodes }
  }

  private definition(): void {
    const context = 'define clause'
    const name = this.templateName(this.stream.nextNonSpace(), context)
    this.stream.expect(['rightDelim'], context)
    this.addDefinition(name, context)
  }

  private addDefinition(name: string, context: string): void {
    const { list, ending } = this.list()
    if (ending.kind !== 'end') this.stream.fail(`unexpected {{${ending.kind}}} in ${context}`)
    define(this.source, name, list)
  }

  /** Statements up to `{{end}}` or `{{else}}`. */
  private list(): { readonly list: ListNode; readonly ending: Ending } {
    const { stream, source } = this
    if (++source.blocks > MAX_BLOCKS) stream.fail(`more than ${MAX_BLOCKS} blocks within one another`)
    const { at } = stream.peekNonSpace()
    const nodes: Statement[] = []
    while (stream.peekNonSpace().kind !== 'eof') {
      const read = this.textOrAction()
      if (isEnding(read)) {
        source.blocks--
        return { list: { kind: 'list', at, nodes }, ending: read }
      }
      nodes.push(read)
    }
    return stream.fail('unexpected EOF')
  }

  private textOrAction(): Read {
    const token = this.stream.nextNonSpace()
    if (token.kind === 'text') return { kind: 'text', at: token.at, text: token.text }
    if (token.kind !== 'leftDelim') return this.stream.unexpected(token, 'input')
    this.stream.actionLine = token.line
    const read = this.action()
    this.stream.actionLine = 0
    return read
  }

  private action(): Read {
    const { stream } = this
    const token = stream.peekNonSpace()
    switch (token.kind) {
      case 'block':
        stream.next()
        return this.block()
      case 'break':
      case 'continue':
        stream.next()
        return this.jump(token.kind, token)
      case 'else':
        stream.next()
        return this.otherwise()
      case 'end':
        stream.next()
        stream.expect(['rightDelim'], 'end')
        return { kind: 'end' }
      case 'if':
      case 'range':
      case 'with':
        stream.next()
        return this.branch(token.kind)
      case 'template':
        stream.next()
        return this.invocation()
      default:
        return { kind: 'action', at: token.at, pipe: this.pipes.pipeline('command', 'rightDelim') }
    }
  }

  private jump(kind: 'break' | 'continue', { at }: Token): JumpNode {
    const token = this.stream.nextNonSpace()
    if (token.kind !== 'rightDelim') this.stream.unexpected(token, `{{${kind}}}`)
    if (this.rangeDepth === 0) this.stream.fail(`{{${kind}}} outside {{range}}`)
    return { kind, at }
  }

  private branch(kind: BranchNode['kind']): BranchNode {
    const declared = this.variables.mark()
    const pipe = this.pipes.pipeline(kind, 'rightDelim')
    if (kind === 'range') this.rangeDepth++
    const { list: body, ending } = this.list()
    if (kind === 'range') this.rangeDepth--
    const otherwise = ending.kind === 'else' ? this.elseList(kind) : undefined
    this.variables.release(declared)
    return { kind, at: pipe.at, pipe, body, otherwise }
  }

  /** What follows `{{else}}`, up to the end; for `{{else if …}}`, that `if`, whose end is also ours. */
  private elseList(kind: BranchNode['kind']): ListNode {
    const { stream, source } = this
    const token = stream.peek()
    if (kind !== 'range' && token.kind === kind) {
      stream.next()
      if (++source.blocks > MAX_BLOCKS) stream.fail(`more than ${MAX_BLOCKS} blocks within one another`)
      const nested = this.branch(kind)
      source.blocks--
      return { kind: 'list', at: token.at, nodes: [nested] }
    }
    const { list, ending } = this.list()
    if (ending.kind !== 'end') stream.fail(`expected end; found {{${ending.kind}}}`)
    return list
  }

  private otherwise(): Ending {
    const { kind } = this.stream.peekNonSpace()
    if (kind !== 'if' && kind !== 'with') this.stream.expect(['rightDelim'], 'else')
    return { kind: 'else' }
  }

  private block(): TemplateNode {
    const context = 'block clause'
    const token = this.stream.nextNonSpace()
    const name = this.templateName(token, context)
    const pipe = this.pipes.pipeline(context, 'rightDelim')
    new TemplateParser(this.source).addDefinition(name, context)
    return { kind: 'template', at: token.at, name, pipe }
  }

  private invocation(): TemplateNode {
    const { stream } = this
    const context = 'template clause'
    const token = stream.nextNonSpace()
    const name = this.templateName(token, context)
    if (stream.peekNonSpace().kind === 'rightDelim') {
      stream.next()
      return { kind: 'template', at: token.at, name }
    }
    return { kind: 'template', at: token.at, name, pipe: this.pipes.pipeline(context, 'rightDelim') }
  }

  private templateName(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'rawString') return this.stream.unexpected(token, context)
    return readString(token) ?? this.stream.fail('invalid syntax')
  }
}

function isEnding(read: Read): read is Ending {
  return read.kind === 'end' || read.kind === 'else'
}
