import { type Block, blocksOf } from './blocks.ts'

/**
 * Reads `.logqltest` scripts: log lines to load, queries to evaluate over them, results to expect.
 *
 *     clear
 *     load
 *       {app="a"} "line {{.i}}" @ 10s [repeat every 10s for 6] [metadata k="v"]
 *     eval instant at 60s count_over_time({app="a"}[1m])
 *       {app="a"} 6
 *     eval range from 0s to 60s step 30s …
 *       {app="a"} 1 _ 2x3 1+2x4
 *       expect empty | ordered | fail [msg: text | regex: pattern]
 */
export interface Scenario {
  readonly line: number
  readonly steps: readonly ScriptStep[]
}
export type ScriptStep = { readonly kind: 'load'; readonly streams: readonly LoadedStream[] } | Evaluation

export interface LoadedStream {
  readonly labels: ReadonlyMap<string, string>
  readonly entries: readonly { readonly timeNs: bigint; readonly text: string }[]
  readonly metadata: ReadonlyMap<string, string>
}

export interface Evaluation {
  readonly kind: 'eval'
  readonly line: number
  readonly query: string
  readonly startNs: bigint
  readonly endNs: bigint
  /** 0n: an instant query. */
  readonly stepNs: bigint
  readonly expected: Expected
}

export type Expected =
  | { readonly kind: 'fail'; readonly message?: string; readonly pattern?: RegExp }
  | { readonly kind: 'scalar'; readonly points: readonly (number | undefined)[] }
  | { readonly kind: 'series'; readonly series: readonly ExpectedSeries[]; readonly ordered: boolean }

export interface ExpectedSeries {
  readonly labels: ReadonlyMap<string, string>
  /** undefined: no point at that step. */
  readonly points: readonly (number | undefined)[]
}

const EVAL = /^eval (?:instant at (\S+)|range from (\S+) to (\S+) step (\S+)) (.+)$/

export function parseScript(text: string): Scenario[] {
  const scenarios: { line: number; steps: ScriptStep[] }[] = []
  let current = { line: 1, steps: [] as ScriptStep[] }
  for (const block of blocksOf(text, '"`')) {
    if (block.head === 'clear') {
      if (current.steps.length > 0) scenarios.push(current)
      current = { line: block.line, steps: [] }
    } else if (block.head === 'load') current.steps.push({ kind: 'load', streams: block.body.map(parseStream) })
    else current.steps.push(parseEvaluation(block))
  }
  if (current.steps.length > 0) scenarios.push(current)
  return scenarios
}

function parseEvaluation(block: Block): Evaluation {
  const match = EVAL.exec(block.head)
  if (match === null) throw new Error(`line ${block.line} is neither clear, load nor eval: ${block.head}`)
  const instant = match[1] !== undefined
  return {
    kind: 'eval',
    line: block.line,
    query: (match[5] as string).trim(),
    startNs: durationNs((match[1] ?? match[2]) as string),
    endNs: durationNs((match[1] ?? match[3]) as string),
    stepNs: instant ? 0n : durationNs(match[4] as string),
    expected: parseExpected(block.body.filter((line) => !line.startsWith('skip '))),
  }
}

function parseExpected(lines: readonly string[]): Expected {
  const failure = lines.find((line) => line.startsWith('expect fail'))
  if (failure !== undefined) {
    const message = /msg: (.*)$/.exec(failure)?.[1]
    const pattern = /regex: (.*)$/.exec(failure)?.[1]
    return { kind: 'fail', ...(message && { message }), ...(pattern && { pattern: new RegExp(pattern) }) }
  }
  const results = lines.filter((line) => !line.startsWith('expect '))
  if (results.length === 1 && !(results[0] as string).startsWith('{')) {
    return { kind: 'scalar', points: parsePoints(results[0] as string) }
  }
  const series = results.map((line) => {
    const { labels, rest } = parseLabels(line)
    return { labels, points: parsePoints(rest) }
  })
  return { kind: 'series', series, ordered: lines.includes('expect ordered') }
}

/** `1 _ 2x3 1+2x4 _x2 NaN`: `AxN` is A once and N times more, `A+BxN` counts up by B. */
function parsePoints(text: string): (number | undefined)[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .flatMap((word) => {
      const gap = /^_(?:x(\d+))?$/.exec(word)
      if (gap !== null) return Array<undefined>(Number(gap[1] ?? 1)).fill(undefined)
      const row = /^(-?[\d.]+(?:e[+-]?\d+)?)([+-][\d.]+)?x(\d+)$/i.exec(word)
      if (row === null) return [sampleValue(word)]
      const by = Number(row[2] ?? 0)
      return Array.from({ length: Number(row[3]) + 1 }, (_, n) => Number(row[1]) + by * n)
    })
}

function sampleValue(word: string): number {
  if (/^\+?inf$/i.test(word)) return Number.POSITIVE_INFINITY
  if (/^-inf$/i.test(word)) return Number.NEGATIVE_INFINITY
  const value = Number(word)
  if (Number.isNaN(value) && !/^nan$/i.test(word)) throw new Error(`${word} is no sample value`)
  return value
}

function parseStream(text: string): LoadedStream {
  const { labels, rest } = parseLabels(text)
  const { value, rest: options } = parseQuoted(rest)
  const start = /^\s*@\s*(\S+)/.exec(options)?.[1]
  if (start === undefined) throw new Error(`no @ time in ${text}`)
  const repeat = /\[repeat every\s+(\S+)\s+for\s+(\d+)\]/.exec(options)
  const every = repeat === null ? 0n : durationNs(repeat[1] as string)
  const metadata = /\[metadata\s+(.*)\]\s*$/.exec(options)?.[1]
  const startNs = durationNs(start)
  // A label without value is not stored.
  for (const [name, held] of [...labels]) if (held === '') labels.delete(name)
  return {
    labels,
    entries: Array.from({ length: Number(repeat?.[2] ?? 1) }, (_, n) => ({
      timeNs: startNs + every * BigInt(n),
      text: value.replaceAll('{{.i}}', String(n)),
    })),
    metadata: metadata === undefined ? new Map() : parseLabels(`{${metadata}}`).labels,
  }
}

function parseLabels(text: string): { labels: Map<string, string>; rest: string } {
  const labels = new Map<string, string>()
  let rest = text.trim().slice(1)
  for (;;) {
    rest = rest.replace(/^[\s,]+/, '')
    if (rest.startsWith('}')) return { labels, rest: rest.slice(1).trim() }
    const name = /^([\w.:-]+|"[^"]+")\s*=\s*/.exec(rest)
    if (name === null) throw new Error(`no label at: ${rest}`)
    const { value, rest: after } = parseQuoted(rest.slice(name[0].length))
    labels.set((name[1] as string).replaceAll('"', ''), value)
    rest = after
  }
}

function parseQuoted(text: string): { value: string; rest: string } {
  const literal = /^\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)/.exec(text)
  if (literal === null) throw new Error(`no quoted text at: ${text}`)
  const rest = text.slice(literal[0].length)
  if (literal[2] !== undefined) return { value: literal[2], rest }
  return { value: unescapeText(literal[1] as string), rest }
}

function unescapeText(raw: string): string {
  return raw.replace(/\\(?:x([\da-f]{2})|u([\da-f]{4})|(.))/gi, (_all, byte, unit, char: string) => {
    if (byte !== undefined || unit !== undefined) return String.fromCharCode(Number.parseInt(byte ?? unit, 16))
    return { n: '\n', t: '\t', r: '\r' }[char] ?? char
  })
}

const NS: Record<string, bigint> = {
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
}

function durationNs(text: string): bigint {
  const negative = text.startsWith('-')
  let total = 0n
  for (const [, number, unit] of text.matchAll(/([\d.]+)(ms|[smhd])/g)) {
    total += BigInt(Math.round(Number(number) * Number(NS[unit as string])))
  }
  return negative ? -total : total
}
