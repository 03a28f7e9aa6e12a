import { blocksOf } from '../../../eval/testing/blocks.ts'
import { parseDurationLiteral } from '../../../text/duration.ts'

/** A point of a series line; `'stale'` ends the series, undefined is a gap. */
export type ScriptPoint = number | 'stale' | undefined

export interface ScriptSeries {
  readonly labels: ReadonlyMap<string, string>
  readonly points: readonly ScriptPoint[]
}

/** `{{…}}`: native histograms, which are left out. */
export interface Load {
  readonly kind: 'load'
  readonly stepMs: number
  readonly series: readonly ScriptSeries[]
  /** Metrics that had native histograms. */
  readonly leftOut: readonly string[]
}

/** `msg:` the whole text, `regex:` a part of it; neither: any. */
export interface ExpectedText {
  readonly text?: string
  readonly pattern?: RegExp
}

export interface Evaluation {
  readonly kind: 'eval'
  readonly line: number
  readonly query: string
  readonly instant: boolean
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
  readonly ordered: boolean
  readonly fails: ExpectedText | undefined
  /** Undefined: not looked at. Empty: there must be none. */
  readonly warnings: readonly ExpectedText[] | undefined
  readonly infos: readonly ExpectedText[] | undefined
  readonly expected: Expected
  /** The result has native histograms in it, or is one. */
  readonly native: boolean
}

export type Expected =
  | { readonly kind: 'series'; readonly series: readonly ScriptSeries[] }
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'string'; readonly text: string }
  | {
      readonly kind: 'matrix'
      readonly fromMs: number
      readonly stepMs: number
      readonly series: readonly ScriptSeries[]
    }

export interface Scenario {
  readonly steps: (Load | Evaluation)[]
}

const EVAL = /^eval(?:_(\w+))?\s+(?:instant\s+at\s+(\S+)|range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+))\s+(.*)$/
const RANGE_VECTOR = /^expect range vector from (\S+) to (\S+) step (\S+)$/

/**
 * Reads a script of `clear`, `load <step>` with series lines and `eval instant at <t> <query>` or `eval range from … to …
 * step … <query>` with what is expected. Blocks end with a line at the margin; `#` starts a comment.
 */
export function parseScript(text: string): Scenario[] {
  const scenarios: Scenario[] = []
  let current: Scenario = { steps: [] }
  for (const { line, head, body } of blocksOf(text, '"\'`')) {
    if (head === 'clear') {
      if (current.steps.length > 0) scenarios.push(current)
      current = { steps: [] }
    } else if (head.startsWith('load')) current.steps.push(parseLoad(head, body))
    else current.steps.push(parseEvaluation(line, head, body))
  }
  if (current.steps.length > 0) scenarios.push(current)
  return scenarios
}

function parseLoad(head: string, body: readonly string[]): Load {
  const native = body.filter((line) => line.includes('{{') || /@st\b/.test(line))
  const series = body.filter((line) => !native.includes(line)).map(parseSeries)
  const leftOut = native.map((line) => parseLabels(line.replace(/@st\b.*/, '')).labels.get('__name__') ?? '')
  if (head.startsWith('load_with_nhcb')) {
    for (const { labels } of series) leftOut.push((labels.get('__name__') ?? '').replace(/_(bucket|count|sum)$/, ''))
  }
  return { kind: 'load', stepMs: millisOf(head.split(/\s+/)[1] as string), series, leftOut }
}

function parseEvaluation(line: number, head: string, body: readonly string[]): Evaluation {
  const match = EVAL.exec(head)
  if (match === null) throw new Error(`line ${line} is neither clear, load nor eval: ${head}`)
  const [, kind, at, from, to, step, query] = match
  const instant = at !== undefined
  const told = (what: string) => {
    if (body.some((one) => one.startsWith(`expect no_${what}`))) return []
    const lines = body.filter((one) => new RegExp(`^expect ${what}\\b`).test(one))
    if (kind === what) lines.push(`expect ${what}`)
    return lines.length === 0 ? undefined : lines.map(expectedText)
  }
  const failure = body.find((one) => one.startsWith('expect fail')) ?? (kind === 'fail' ? 'expect fail' : undefined)
  return {
    kind: 'eval',
    line,
    query: query as string,
    instant,
    startMs: millisOf((at ?? from) as string),
    endMs: millisOf((at ?? to) as string),
    stepMs: instant ? 1 : millisOf(step as string),
    ordered: kind === 'ordered' || body.includes('expect ordered'),
    fails: failure === undefined ? undefined : expectedText(failure),
    warnings: told('warn'),
    infos: told('info'),
    expected: parseExpected(body),
    native: body.some((one) => one.includes('{{')),
  }
}

function expectedText(line: string): ExpectedText {
  const text = /\bmsg:\s*(.*)$/.exec(line)?.[1]
  const pattern = /\bregex:\s*(.*)$/.exec(line)?.[1]
  return { ...(text !== undefined && { text }), ...(pattern !== undefined && { pattern: new RegExp(pattern) }) }
}

function parseExpected(body: readonly string[]): Expected {
  const text = body.find((line) => line.startsWith('expect string'))
  if (text !== undefined) return { kind: 'string', text: parseQuoted(text.slice('expect string'.length)).value }
  const results = body.filter((line) => !/^expect[ _]/.test(line) && !line.includes('{{'))
  const matrix = body.map((line) => RANGE_VECTOR.exec(line)).find((match) => match !== null)
  if (matrix) {
    const [, from, , step] = matrix
    return {
      kind: 'matrix',
      fromMs: millisOf(from as string),
      stepMs: millisOf(step as string),
      series: results.map(parseSeries),
    }
  }
  const [only] = results
  if (results.length === 1 && only !== undefined && /^[-+.\d]|^(?:NaN|Inf)$/i.test(only) && !/[{]/.test(only)) {
    return { kind: 'scalar', value: parsePoints(only)[0] as number }
  }
  return { kind: 'series', series: results.map(parseSeries) }
}

function parseSeries(line: string): ScriptSeries {
  const { labels, rest } = parseLabels(line)
  return { labels, points: parsePoints(rest) }
}

/** `name{a="b"} rest`, `{"name", a="b"} rest`; labels without value do not exist. */
function parseLabels(text: string): { labels: Map<string, string>; rest: string } {
  const labels = new Map<string, string>()
  const name = /^[a-zA-Z_:][\w:.]*/.exec(text)?.[0] ?? ''
  if (name !== '') labels.set('__name__', name)
  let rest = text.slice(name.length)
  if (!rest.startsWith('{')) return { labels, rest }
  rest = rest.slice(1)
  for (;;) {
    rest = rest.replace(/^[\s,]+/, '')
    if (rest.startsWith('}')) break
    let label: string
    if (/^["'`]/.test(rest)) ({ value: label, rest } = parseQuoted(rest))
    else {
      label = /^[^=\s,}]+/.exec(rest)?.[0] ?? ''
      rest = rest.slice(label.length)
    }
    const equals = /^\s*=\s*/.exec(rest)
    if (equals === null) {
      labels.set('__name__', label)
      continue
    }
    const quoted = parseQuoted(rest.slice(equals[0].length))
    labels.set(label, quoted.value)
    rest = quoted.rest
  }
  for (const [label, value] of [...labels]) if (value === '') labels.delete(label)
  return { labels, rest: rest.slice(1) }
}

function parseQuoted(text: string): { value: string; rest: string } {
  const literal = /^\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`([^`]*)`)/.exec(text)
  if (literal === null) throw new Error(`no quoted text at: ${text}`)
  const [all, double, single, raw] = literal
  const value =
    raw ??
    (double ?? (single as string)).replace(/\\(.)/g, (_all, char: string) => ({ n: '\n', t: '\t' })[char] ?? char)
  return { value, rest: text.slice(all.length) }
}

/** `1 _ 2x3 1+2x4 _x2 stale NaN`: `AxN` is A once and N times more, `A+BxN` counts up by B. */
function parsePoints(text: string): ScriptPoint[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .flatMap((word): ScriptPoint[] => {
      const gap = /^_(?:x(\d+))?$/.exec(word)
      if (gap !== null) return Array<undefined>(Number(gap[1] ?? 1)).fill(undefined)
      const stale = /^stale(?:x(\d+))?$/.exec(word)
      if (stale !== null) return Array<'stale'>(Number(stale[1] ?? 0) + 1).fill('stale')
      const row = /^([-+]?(?:[\d.]+(?:e[-+]?\d+)?|Inf|NaN))([-+](?:[\d.]+(?:e[-+]?\d+)?|Inf|NaN))?x(\d+)$/i.exec(word)
      if (row === null) return [numberOf(word)]
      const [, base, delta, times] = row
      let value = numberOf(base as string)
      const by = delta === undefined ? 0 : numberOf(delta)
      return Array.from({ length: Number(times) + 1 }, (_, n) => {
        if (n > 0 && delta !== undefined) value += by
        return value
      })
    })
}

function numberOf(word: string): number {
  if (/^\+?inf$/i.test(word)) return Number.POSITIVE_INFINITY
  if (/^-inf$/i.test(word)) return Number.NEGATIVE_INFINITY
  const value = Number(word)
  if (Number.isNaN(value) && !/^nan$/i.test(word)) throw new Error(`${word} is no sample value`)
  return value
}

export function millisOf(text: string): number {
  if (/^-?[\d.]+$/.test(text)) return Number(text) * 1000
  const ns = parseDurationLiteral(text.replace(/^-/, ''))
  if (ns === undefined) throw new Error(`${text} is no time`)
  return (text.startsWith('-') ? -1 : 1) * Number(ns / 1_000_000n)
}
