import { QueryError } from '../../text/error.ts'
import { scanString } from '../../text/string-literal.ts'
import type { LineState } from '../pipeline/line-state.ts'
import { TEMPLATE_FUNCTIONS, TemplateFault, type TemplateFunction, type TemplateValue } from './functions.ts'

const MAX_RENDERED = 4_194_304
const MAX_DEPTH = 100

/** A template made ready: `render` may throw `TemplateFault`, nothing else. */
export interface Template {
  render(state: LineState, lookUp?: (name: string) => string | undefined): string
  /** Labels that the template reads. */
  readonly labels: readonly string[]
}

type Look = (name: string) => string | undefined
type Operand = (state: LineState, look: Look) => TemplateValue

const TOKEN =
  /\s*(?:(\.[\p{L}_][\p{L}\p{Nd}_]*)|([\p{L}_][\p{L}\p{Nd}_]*)|([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(["`])|([|()])|(\S))/uy

/**
 * Compiles the simple part of Go's templates: text with `{{ … }}`, whose content is a pipeline of `.label`, `__line__`,
 * `__timestamp__`, literals and function calls. Blocks and variables are a parse-phase `QueryError` that names them.
 */
export function compileTemplate(source: string): Template {
  const labels = new Set<string>()
  const parts: (string | Operand)[] = []
  let at = 0
  let trimNext = false
  while (at < source.length) {
    const open = source.indexOf('{{', at)
    let literal = source.slice(at, open < 0 ? source.length : open)
    if (trimNext) literal = literal.trimStart()
    if (open < 0) {
      parts.push(literal)
      break
    }
    let bodyAt = open + 2
    if (/^-\s/.test(source.slice(bodyAt, bodyAt + 2))) {
      literal = literal.trimEnd()
      bodyAt += 1
    }
    if (literal !== '') parts.push(literal)
    const close = closeOf(source, bodyAt)
    if (close < 0) throw fault('unclosed action: {{ without }}')
    let body = source.slice(bodyAt, close)
    trimNext = /\s-$/.test(body)
    if (trimNext) body = body.slice(0, -1)
    if (!/^\s*\/\*[\s\S]*\*\/\s*$/.test(body)) parts.push(new PipelineReader(body, labels).read())
    at = close + 2
  }
  return {
    labels: [...labels],
    render: (state, lookUp) => {
      const look = lookUp ?? ((name: string) => state.text(name))
      let out = ''
      for (const part of parts) {
        out += typeof part === 'string' ? part : formatValue(part(state, look))
        // A chain of stages that each double a label would otherwise grow without end.
        if (out.length > MAX_RENDERED) throw new TemplateFault(`the text exceeds ${MAX_RENDERED} characters`)
      }
      return out
    },
  }
}

/** Where the `}}` of an action stands; those within string literals do not count. */
function closeOf(source: string, from: number): number {
  for (let i = from; i < source.length; i++) {
    const char = source[i]
    if (char === '}' && source[i + 1] === '}') return i
    if (char === '"' || char === '`') {
      i++
      while (i < source.length && source[i] !== char) i += char === '"' && source[i] === '\\' ? 2 : 1
    }
  }
  return -1
}

function formatValue(value: TemplateValue): string {
  return typeof value === 'string' ? value : String(value)
}

function fault(what: string): QueryError {
  return new QueryError(`parse error : template: ${what}`, 0, 0)
}

const BLOCKS = new Set(['if', 'else', 'end', 'range', 'with', 'define', 'block', 'template', 'break', 'continue'])

class PipelineReader {
  private readonly body: string
  private readonly labels: Set<string>
  private at = 0
  private depth = 0

  constructor(body: string, labels: Set<string>) {
    this.body = body
    this.labels = labels
  }

  read(): Operand {
    const result = this.pipeline()
    if (this.peek() !== undefined)
      throw fault(`unexpected ${JSON.stringify(this.body.slice(this.at).trim())} in {{${this.body}}}`)
    return result
  }

  private pipeline(): Operand {
    // Rendering follows the same depth as reading, so one bound keeps both off the end of the stack.
    if (++this.depth > MAX_DEPTH) throw fault(`more than ${MAX_DEPTH} calls within one another`)
    let result = this.command(undefined)
    let calls = 0
    while (this.peek() === '|') {
      this.token()
      result = this.command(result)
      if (++calls > MAX_DEPTH) throw fault(`more than ${MAX_DEPTH} functions in one pipeline`)
    }
    this.depth--
    return result
  }

  private command(piped: Operand | undefined): Operand {
    const word = /^\s*([\p{L}_][\p{L}\p{Nd}_]*)/u.exec(this.body.slice(this.at))?.[1]
    if (word !== undefined && !isPlainWord(word)) {
      this.token()
      const args: Operand[] = []
      for (let next = this.peek(); next !== undefined && next !== '|' && next !== ')'; next = this.peek()) {
        args.push(this.operand())
      }
      if (piped !== undefined) args.push(piped)
      return this.call(word, args)
    }
    const operand = this.operand()
    if (piped !== undefined) throw fault(`only a function can stand after | in {{${this.body}}}`)
    const next = this.peek()
    if (next !== undefined && next !== '|' && next !== ')')
      throw fault(`can't give argument to non-function in {{${this.body}}}`)
    return operand
  }

  private call(name: string, args: readonly Operand[]): Operand {
    const known: TemplateFunction | undefined = TEMPLATE_FUNCTIONS.get(name)
    if (known === undefined) {
      if (BLOCKS.has(name)) throw fault(`{{${name}}} is not supported yet: only values and functions are`)
      throw fault(`function ${JSON.stringify(name)} not defined`)
    }
    if (args.length < known.least || args.length > known.most) {
      const wanted = known.least === known.most ? `${known.least}` : `at least ${known.least}`
      throw fault(`wrong number of args for ${name}: want ${wanted} got ${args.length}`)
    }
    return (state, look) => known.call(args.map((arg) => arg(state, look)))
  }

  private operand(): Operand {
    const match = this.token()
    if (match === undefined) throw fault(`missing value for command in {{${this.body}}}`)
    const [, field, word, number, quote, bracket, other] = match
    if (field !== undefined) {
      const name = field.slice(1)
      this.labels.add(name)
      return (_state, look) => look(name) ?? ''
    }
    if (word !== undefined) return this.word(word)
    if (number !== undefined) {
      const value = Number(number)
      return () => value
    }
    if (quote !== undefined) {
      const scanned = scanString(this.body, this.at - 1)
      if (scanned.fault !== undefined) throw fault(scanned.fault)
      this.at = scanned.end
      const { value } = scanned
      return () => value
    }
    if (bracket === '(') {
      const inner = this.pipeline()
      if (this.token()?.[5] !== ')') throw fault(`unclosed left paren in {{${this.body}}}`)
      return inner
    }
    if (other === '$') throw fault('variables ($) are not supported yet')
    throw fault(`unexpected ${JSON.stringify(other ?? bracket)} in {{${this.body}}}`)
  }

  private word(word: string): Operand {
    switch (word) {
      case '__line__':
        return (state) => state.line
      case '__timestamp__':
        return (state) => new Date(Number(state.timeNs / 1_000_000n)).toISOString()
      case 'true':
        return () => true
      case 'false':
        return () => false
      default:
        return this.call(word, [])
    }
  }

  private peek(): string | undefined {
    const before = this.at
    const match = this.token()
    this.at = before
    return match?.[0].trim()
  }

  private token(): RegExpExecArray | undefined {
    TOKEN.lastIndex = this.at
    const match = TOKEN.exec(this.body)
    if (match === null) return undefined
    this.at = TOKEN.lastIndex
    return match
  }
}

function isPlainWord(word: string): boolean {
  return word === '__line__' || word === '__timestamp__' || word === 'true' || word === 'false'
}
