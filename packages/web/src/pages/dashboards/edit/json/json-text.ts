import type { ColouredStretch } from '../../../../explore/editor/language.ts'

/** What should stand where a text stops being JSON. */
export type JsonWant = 'value' | 'name' | 'colon' | 'commaOrEnd' | 'end' | 'string' | 'depth'

export interface JsonFault {
  readonly want: JsonWant
  /** UTF-16 place in the text. */
  readonly offset: number
  /** From 1; columns count code points. */
  readonly line: number
  readonly column: number
}

/** Deeper than this no dashboard is; reading further would only cost the stack. */
const mostDepth = 200

const token = /[ \t\r\n]+|"(?:[^"\\\n]|\\.)*"?|[{}[\]:,]|[^\s{}[\]:,"]+|\s/gy

interface Token {
  readonly text: string
  readonly at: number
}

function tokensOf(text: string): Token[] {
  const found: Token[] = []
  for (const match of text.matchAll(token)) {
    if (!/^[ \t\r\n]/.test(match[0])) found.push({ text: match[0], at: match.index })
  }
  return found
}

// Of the control characters only the first 32 must be escaped.
const goodString = /^"(?:[^\p{Cc}"\\]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"$/u
const goodScalar = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/

/** Where a text stops being JSON and what should stand there; undefined for JSON. */
export function jsonFault(text: string): JsonFault | undefined {
  const tokens = tokensOf(text)
  let next = 0
  const told = (want: JsonWant, one: Token | undefined = tokens[next]): JsonFault => placed(text, want, one?.at)
  const isString = (): JsonFault | undefined => {
    const one = tokens[next]
    if (one !== undefined && !goodString.test(one.text)) return told('string')
    next += 1
    return undefined
  }
  const value = (depth: number): JsonFault | undefined => {
    const one = tokens[next]
    if (depth > mostDepth) return told('depth')
    if (one === undefined) return told('value')
    if (one.text.startsWith('"')) return isString()
    if (one.text === '{' || one.text === '[') {
      next += 1
      return members(one.text === '{', depth)
    }
    if (!goodScalar.test(one.text)) return told('value')
    next += 1
    return undefined
  }
  const members = (named: boolean, depth: number): JsonFault | undefined => {
    const end = named ? '}' : ']'
    if (tokens[next]?.text === end) {
      next += 1
      return undefined
    }
    for (;;) {
      if (named) {
        if (tokens[next]?.text.startsWith('"') !== true) return told('name')
        const fault = isString()
        if (fault !== undefined) return fault
        if (tokens[next]?.text !== ':') return told('colon')
        next += 1
      }
      const fault = value(depth + 1)
      if (fault !== undefined) return fault
      const mark = tokens[next]?.text
      if (mark !== ',' && mark !== end) return told('commaOrEnd')
      next += 1
      if (mark === end) return undefined
    }
  }
  const fault = value(0)
  if (fault !== undefined) return fault
  return next < tokens.length ? told('end') : undefined
}

function placed(text: string, want: JsonWant, at = text.length): JsonFault {
  const before = text.slice(0, at)
  const lineStart = before.lastIndexOf('\n') + 1
  return { want, offset: at, line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 }
}

/** Colours of JSON, also while it is broken. */
export function jsonColours(text: string): readonly ColouredStretch[] {
  const tokens = tokensOf(text)
  return tokens.map(({ text: one, at }, index) => {
    const kind = one.startsWith('"')
      ? !goodString.test(one)
        ? 'invalid'
        : tokens[index + 1]?.text === ':'
          ? 'label'
          : 'string'
      : /^[{}[\]:,]$/.test(one)
        ? 'punctuation'
        : !goodScalar.test(one)
          ? 'invalid'
          : /^[tfn]/.test(one)
            ? 'keyword'
            : 'number'
    return { start: at, end: at + one.length, kind }
  })
}
