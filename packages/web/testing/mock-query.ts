import { scan, tokens, unquote } from '../src/pages/logs/query/scan.ts'
import type { MockRecord } from './log-generator.ts'
import { hasPattern } from './mock-patterns.ts'

/** What the mock understands of a query: matchers, line filters, `json`, `logfmt` and `name="value"` filters. */
export type Keep = (record: MockRecord) => boolean

export class MockParseError extends Error {}

function test(op: string, actual: string, wanted: string): boolean {
  if (op === '=') return actual === wanted
  if (op === '!=') return actual !== wanted
  const matches = new RegExp(`^(?:${wanted})$`, 's').test(actual)
  return op === '=~' ? matches : !matches
}

function field(record: MockRecord, name: string): string {
  const own = record.labels[name] ?? record.meta[name]
  if (own !== undefined) return own
  const inJson = new RegExp(`"${name}":("(?:[^"\\\\]|\\\\.)*"|[^,}]*)`).exec(record.line)?.[1]
  const raw = inJson ?? new RegExp(`\\b${name}=("[^"]*"|\\S+)`).exec(record.line)?.[1] ?? ''
  return raw.startsWith('"') ? raw.slice(1, -1) : raw
}

/** Reads a log query; throws with the words of a parser when the text is not one. */
export function filterOf(query: string): Keep {
  const seen = scan(query)
  if (seen.kind !== 'log') throw new MockParseError('parse error at line 1, col 1: syntax error: unexpected IDENTIFIER')
  if (!query.includes('}')) {
    throw new MockParseError(
      `parse error at line 1, col ${[...query].length + 1}: syntax error: unexpected $end, expecting }`,
    )
  }
  const checks: Keep[] = seen.matchers.map(
    ({ name, op, value }) =>
      (record) =>
        test(op, record.labels[name] ?? '', value),
  )
  for (const stage of seen.stages) {
    const text = query.slice(stage.start, stage.end)
    const list = tokens(text)
    const value = list.find((token) => token.kind === 'string')
    const wanted = value === undefined ? '' : unquote(value.text)
    if (stage.head === '|=') checks.push((record) => record.line.includes(wanted))
    else if (stage.head === '!=') checks.push((record) => !record.line.includes(wanted))
    else if (stage.head === '|~') {
      const insensitive = wanted.startsWith('(?i)')
      const pattern = new RegExp(insensitive ? wanted.slice(4) : wanted, insensitive ? 'i' : '')
      checks.push((record) => pattern.test(record.line))
    } else if (stage.head === '|>' || stage.head === '!>') {
      const wild = list.filter((token) => token.kind === 'string').map((token) => unquote(token.text))
      const kept = stage.head === '|>'
      checks.push((record) => wild.some((pattern) => hasPattern(record.line, pattern)) === kept)
    } else if (value !== undefined && list[1]?.kind === 'word') {
      const name = list[1].text
      const op = list[2]?.text ?? '='
      checks.push((record) => test(op, field(record, name), wanted))
    } else if (!['json', 'logfmt', 'drop', 'keep'].includes(stage.head)) {
      const column = [...query.slice(0, stage.start)].length + 3
      throw new MockParseError(`parse error at line 1, col ${column}: syntax error: unexpected ${stage.head}`)
    }
  }
  return (record) => checks.every((check) => check(record))
}

/** The log query and the range in milliseconds inside a `count_over_time(… [n ms])`. */
export function counted(query: string): { readonly log: string; readonly by: string | undefined } | undefined {
  const match = /count_over_time\(([\s\S]*)\[\d+\w+\]\s*\)/.exec(query)
  if (match === null) return undefined
  return { log: (match[1] ?? '').trim(), by: /by\s*\((\w+)\)/.exec(query)?.[1] }
}
