/**
 * A light reader of query texts for the clicks that rewrite them: it finds the selector, its matchers and the stages by
 * strings, comments and brackets alone, so that it also works on a query that is still being typed.
 */
export interface ScannedMatcher {
  readonly name: string
  readonly op: string
  readonly value: string
  readonly start: number
  readonly end: number
}

export interface ScannedStage {
  readonly start: number
  readonly end: number
  /** First word or operator: `|=`, `!=`, `json`, `level` … */
  readonly head: string
}

export interface ScannedQuery {
  readonly kind: 'log' | 'metric' | 'text' | 'empty'
  /** Of the first selector: offsets of `{` and behind `}`. */
  readonly selector: { readonly start: number; readonly end: number } | undefined
  readonly matchers: readonly ScannedMatcher[]
  readonly stages: readonly ScannedStage[]
  /** Behind the last character that is neither space nor comment. */
  readonly contentEnd: number
}

interface Token {
  readonly kind: 'string' | 'word' | 'symbol'
  readonly text: string
  readonly start: number
  readonly end: number
}

const symbols = ['|=', '|~', '|>', '!=', '!~', '!>', '=~', '==', '>=', '<=']

/** Splits a text into tokens without spaces and comments. An open string ends at the end of the text. */
export function tokens(text: string): Token[] {
  const found: Token[] = []
  let at = 0
  while (at < text.length) {
    const char = text[at] ?? ''
    if (/\s/.test(char)) {
      at += 1
      continue
    }
    if (char === '#') {
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
      continue
    }
    const start = at
    if (char === '"' || char === '`') {
      at += 1
      while (at < text.length && text[at] !== char) at += char === '"' && text[at] === '\\' ? 2 : 1
      at = Math.min(at + 1, text.length)
      found.push({ kind: 'string', text: text.slice(start, at), start, end: at })
      continue
    }
    const word = /^[\p{L}\p{N}_.:-]+/u.exec(text.slice(at, at + 256))
    if (word !== null) {
      at += word[0].length
      found.push({ kind: 'word', text: word[0], start, end: at })
      continue
    }
    const pair = text.slice(at, at + 2)
    const symbol = symbols.includes(pair) ? pair : char
    at += symbol.length
    found.push({ kind: 'symbol', text: symbol, start, end: at })
  }
  return found
}

/** The value of a string token, quotes and escapes taken off. */
export function unquote(token: string): string {
  const body = token.slice(1, token.length > 1 && token.endsWith(token[0] ?? '') ? -1 : undefined)
  if (token.startsWith('`')) return body
  return body.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3})|(.))/gs,
    (whole, u4?: string, u8?: string, x2?: string, octal?: string, char?: string) => {
      const hex = u4 ?? u8 ?? x2
      if (hex !== undefined) {
        const code = Number.parseInt(hex, 16)
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole
      }
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      const named: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }
      return named[char ?? ''] ?? char ?? ''
    },
  )
}

/** A string token for a value: in quotes, with escapes for whatever cannot stand between them. */
export function quote(value: string): string {
  if (/["\\]/.test(value) && !/[`\p{Cc}]/u.test(value)) return `\`${value}\``
  const escaped = value
    .replace(/["\\]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r')
  return `"${escaped.replace(/\p{Cc}/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`
}

export function scan(text: string): ScannedQuery {
  const list = tokens(text)
  const contentEnd = list.at(-1)?.end ?? 0
  const open = list.findIndex((token) => token.text === '{')
  const first = list[0]
  if (first === undefined) return { kind: 'empty', selector: undefined, matchers: [], stages: [], contentEnd }
  let close = open < 0 ? -1 : list.findIndex((token, index) => index > open && token.text === '}')
  const matchers: ScannedMatcher[] = []
  if (open >= 0) {
    const last = close < 0 ? list.length : close
    for (let i = open + 1; i + 2 < last + 1; i += 1) {
      const [name, op, value] = [list[i], list[i + 1], list[i + 2]]
      if (name === undefined || op === undefined || value?.kind !== 'string' || i + 2 >= last) continue
      if (name.kind !== 'word' || !['=', '!=', '=~', '!~'].includes(op.text)) continue
      matchers.push({ name: name.text, op: op.text, value: unquote(value.text), start: name.start, end: value.end })
      i += 2
    }
    if (close < 0) close = list.length - 1
  }
  const selector = open < 0 ? undefined : { start: list[open]?.start ?? 0, end: list[close]?.end ?? 0 }
  const beginsLog = first.text === '{'
  const beginsMetric = /^[a-z_]+$/i.test(first.text) && /^(\(|by|without)$/i.test(list[1]?.text ?? '')
  const arithmetic = first.text === '(' || /^[-+]?\d/.test(first.text)
  const kind = beginsLog ? 'log' : beginsMetric || (arithmetic && (open >= 0 || list.length > 1)) ? 'metric' : 'text'
  return { kind, selector, matchers, stages: beginsLog ? stagesOf(list.slice(close + 1)) : [], contentEnd }
}

/** Stages that may end with their name. */
const bareParsers = new Set(['json', 'logfmt', 'unpack', 'decolorize'])

function stagesOf(list: readonly Token[]): ScannedStage[] {
  const stages: ScannedStage[] = []
  let depth = 0
  for (const [index, token] of list.entries()) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    const before = list[index - 1]
    // `!=` begins a line filter behind a string, a bracket or nothing; behind the name of a field it compares it.
    const compares = before?.kind === 'word' && !(list[index - 2]?.text === '|' && bareParsers.has(before.text))
    const negative = token.text === '!>' || (['!=', '!~'].includes(token.text) && !compares)
    const begins = token.kind === 'symbol' && (token.text.startsWith('|') || negative)
    if (depth === 0 && begins) {
      const head = token.text === '|' ? (list[index + 1]?.text ?? '') : token.text
      stages.push({ start: token.start, end: token.end, head })
    } else {
      const last = stages.at(-1)
      if (last !== undefined) stages[stages.length - 1] = { ...last, end: token.end }
    }
  }
  return stages
}
