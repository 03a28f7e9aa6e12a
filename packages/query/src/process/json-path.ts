/** A compiled path: what it finds in a document; undefined or null when there is nothing. */
export interface JsonExpression {
  readonly find: (document: unknown) => unknown
  /** Keys and indexes, when the path is nothing else. */
  readonly plain: readonly (string | number)[] | undefined
}

type Find = (value: unknown) => unknown
type Step = { readonly key: string } | { readonly index: number } | { readonly each: 'list' | 'object' }

const MAX_DEPTH = 40
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y
const INDEX = /\[\s*(-?\d{1,9})\s*\]/y
const ALL = /\[\s*\*\s*\]/y
const FLAT = /\[\s*\]/y
const BLANK = /\s*/y

/**
 * Reads a path in the form of JMESPath: `user.name`, `"odd key"`, `items[0]`, `items[-1]`, `items[*].id`, `a.*`, `a[]`,
 * `@`, `a || b`, `a | b`, `'text'`. Answers what is wrong with another text, filters and functions of JMESPath included.
 */
export function compileJsonPath(source: string): JsonExpression | { readonly fault: string } {
  try {
    return new PathReader(source).read()
  } catch (error) {
    if (error instanceof PathFault) return { fault: error.message }
    throw error
  }
}

class PathFault extends Error {
  override readonly name = 'PathFault'
}

class PathReader {
  private readonly source: string
  private at = 0
  private depth = 0
  private plain: (string | number)[] | undefined = []

  constructor(source: string) {
    this.source = source
  }

  read(): JsonExpression {
    const find = this.pipe()
    if (this.at < this.source.length) throw this.unexpected()
    return { find, plain: this.plain }
  }

  private pipe(): Find {
    if (++this.depth > MAX_DEPTH) throw new PathFault('the path is nested too deeply')
    let left = this.either()
    while (this.peek() === '|') {
      this.at++
      this.plain = undefined
      const first = left
      const second = this.either()
      left = (value) => second(first(value))
    }
    this.depth--
    return left
  }

  private either(): Find {
    let left = this.chain()
    while (this.peek() === '|' && this.source[this.at + 1] === '|') {
      this.at += 2
      this.plain = undefined
      const first = left
      const second = this.chain()
      left = (value) => {
        const found = first(value)
        return isFalsy(found) ? second(value) : found
      }
    }
    return left
  }

  private chain(): Find {
    let before: Find | undefined
    let steps: Step[] = []
    const first = this.peek()
    if (first === '@') this.at++
    else if (first === "'") before = this.rawText()
    else if (first === '(') {
      this.at++
      this.plain = undefined
      before = this.pipe()
      if (this.peek() !== ')') throw this.unexpected()
      this.at++
    } else if (first !== '[') steps.push(this.name())
    for (;;) {
      const next = this.peek()
      if (next === '.') {
        this.at++
        steps.push(this.name())
      } else if (next !== '[') break
      else if (this.take(FLAT) !== undefined) {
        this.plain = undefined
        const left = walk(before, steps)
        before = (value) => flattened(left(value))
        steps = [{ each: 'list' }]
      } else steps.push(this.bracket())
    }
    return walk(before, steps)
  }

  private name(): Step {
    const next = this.peek()
    if (next === '*') {
      this.at++
      this.plain = undefined
      return { each: 'object' }
    }
    const key = next === '"' ? this.quoted() : this.take(IDENTIFIER)?.[0]
    if (key === undefined) throw this.unexpected()
    if (this.source[this.at] === '(') throw new PathFault(`functions such as ${key}() are not known`)
    this.plain?.push(key)
    return { key }
  }

  private bracket(): Step {
    const index = this.take(INDEX)?.[1]
    if (index !== undefined) {
      if (index.startsWith('-')) this.plain = undefined
      else this.plain?.push(Number(index))
      return { index: Number(index) }
    }
    if (this.take(ALL) === undefined) {
      throw new PathFault(`at character ${this.at + 1}: of brackets only [3], [-1], [*] and [] are known`)
    }
    this.plain = undefined
    return { each: 'list' }
  }

  private quoted(): string {
    const end = closing(this.source, this.at, '"')
    const text = this.source.slice(this.at, end + 1)
    try {
      const key: unknown = end < 0 ? undefined : JSON.parse(text)
      if (typeof key !== 'string') throw new PathFault(`at character ${this.at + 1}: the closing " is missing`)
      this.at = end + 1
      return key
    } catch (error) {
      if (error instanceof SyntaxError) throw new PathFault(`${text} is no text in the form of JSON`)
      throw error
    }
  }

  private rawText(): Find {
    const end = closing(this.source, this.at, "'")
    if (end < 0) throw new PathFault(`at character ${this.at + 1}: the closing ' is missing`)
    const text = this.source.slice(this.at + 1, end).replaceAll("\\'", "'")
    this.at = end + 1
    this.plain = undefined
    return () => text
  }

  private peek(): string | undefined {
    this.take(BLANK)
    return this.source[this.at]
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.source)
    if (found === null) return undefined
    this.at = pattern.lastIndex
    return found
  }

  private unexpected(): PathFault {
    const rest = this.source.slice(this.at, this.at + 10)
    const what =
      rest === '' ? 'the path ends too early' : `unexpected ${JSON.stringify(rest)} at character ${this.at + 1}`
    return new PathFault(`${what}; keys with other characters than letters, digits and _ stand in quotes: "user-id"`)
  }
}

function closing(text: string, from: number, quote: string): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === quote) return i
  }
  return -1
}

function walk(before: Find | undefined, steps: readonly Step[]): Find {
  const [only] = steps
  if (before === undefined && steps.length === 1 && only !== undefined && 'key' in only) {
    const { key } = only
    return (value) => member(value, key)
  }
  return (value) => follow(steps, 0, before === undefined ? value : before(value))
}

function follow(steps: readonly Step[], from: number, start: unknown): unknown {
  let value = start
  for (let i = from; i < steps.length; i++) {
    const step = steps[i] as Step
    if ('key' in step) value = member(value, step.key)
    else if ('index' in step) value = Array.isArray(value) ? value.at(step.index) : undefined
    else {
      const items = step.each === 'list' ? listOf(value) : valuesOf(value)
      if (items === undefined) return undefined
      return items.map((item) => follow(steps, i + 1, item)).filter((item) => item !== null && item !== undefined)
    }
  }
  return value
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}

function valuesOf(value: unknown): readonly unknown[] | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.values(value) : undefined
}

function flattened(value: unknown): unknown {
  return Array.isArray(value) ? value.flat() : undefined
}

/** As JMESPath has it: nothing, false, and empty texts, lists and objects. */
function isFalsy(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
