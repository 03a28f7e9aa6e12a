import { appendStage, cutStage, replaceAt } from '../query/rewrite.ts'
import { quote, type ScannedStage, scan, tokens, unquote } from '../query/scan.ts'

export type PatternOp = '|>' | '!>'

/** One pattern that a query filters by. */
export interface PatternFilter {
  readonly op: PatternOp
  readonly pattern: string
}

interface Operand extends PatternFilter {
  readonly stage: ScannedStage
  /** Offsets of the operand in the query. */
  readonly start: number
  readonly end: number
  /** How many operands the stage has. */
  readonly siblings: number
}

function operandsOf(query: string): Operand[] {
  const found: Operand[] = []
  for (const stage of scan(query).stages) {
    if (stage.head !== '|>' && stage.head !== '!>') continue
    const texts = tokens(query.slice(stage.start, stage.end)).filter((token) => token.kind === 'string')
    for (const token of texts) {
      const [start, end] = [stage.start + token.start, stage.start + token.end]
      found.push({ op: stage.head, pattern: unquote(token.text), stage, start, end, siblings: texts.length })
    }
  }
  return found
}

/** The patterns that a log query shows alone (`|>`) or hides (`!>`), in its order. */
export function patternFilters(query: string): PatternFilter[] {
  return operandsOf(query).map(({ op, pattern }) => ({ op, pattern }))
}

/** Shows the lines of a pattern alone. A second pattern joins the first by `or`: no line has two patterns. */
export function includePattern(query: string, pattern: string): string {
  const cleared = dropPattern(query, { op: '!>', pattern })
  const included = operandsOf(cleared).filter((one) => one.op === '|>')
  if (included.some((one) => one.pattern === pattern)) return cleared
  const last = included.at(-1)
  if (last === undefined) return appendStage(cleared, `|> ${quote(pattern)}`)
  return replaceAt(cleared, last.end, last.end, ` or ${quote(pattern)}`)
}

/** Hides the lines of a pattern. */
export function excludePattern(query: string, pattern: string): string {
  const cleared = dropPattern(query, { op: '|>', pattern })
  if (operandsOf(cleared).some((one) => one.op === '!>' && one.pattern === pattern)) return cleared
  return appendStage(cleared, `!> ${quote(pattern)}`)
}

/** The query without a filter by a pattern; as it is when it has none. */
export function dropPattern(query: string, filter: PatternFilter): string {
  const found = operandsOf(query).find((one) => one.op === filter.op && one.pattern === filter.pattern)
  if (found === undefined) return query
  if (found.siblings === 1) return cutStage(query, found.stage.start, found.stage.end)
  // The operand goes with the `or` behind it, or before it when it is the last.
  const behind = /^\s*or\s*/i.exec(query.slice(found.end))
  if (behind !== null) return replaceAt(query, found.start, found.end + behind[0].length, '')
  const before = query.slice(0, found.start).replace(/\s*or\s*$/i, '')
  return before + query.slice(found.end)
}
