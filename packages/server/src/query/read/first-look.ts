import type { LogExpr } from '@girok/query'
import type { TimeSpan } from '../pushdown/time.ts'

const MINUTE_NS = 60_000_000_000n

/** Columns are cheap to read: a wider first look spares a second statement, which costs some 5 ms. */
const OF_COLUMNS = 8n

/**
 * How much time the first look of a walk covers: little, for each thousand rows that are wanted, because how dense the
 * rows lie is not known yet, and the engine must order all rows of a slice to give the first of them.
 */
export function usualLookNs(rows: number): bigint {
  return MINUTE_NS * BigInt(Math.max(1, Math.floor(rows / 1000)))
}

/** The same for a log query: all of the span where lines must hold what looks like an id, since few do and the index knows. */
export function firstLookNs(log: LogExpr, span: TimeSpan, byColumns: boolean, rows: number): bigint {
  if (log.stages.some(asksForId)) return span.toNs - span.fromNs
  return usualLookNs(rows) * (byColumns ? OF_COLUMNS : 1n)
}

function asksForId(stage: LogExpr['stages'][number]): boolean {
  if (stage.kind === 'lineFilter') {
    return stage.op === '|=' && stage.operands.every(({ kind, value }) => kind === 'text' && looksLikeId(value))
  }
  return stage.kind === 'fieldMatch' && stage.matchers.some(({ op, value }) => op === '=' && looksLikeId(value))
}

/** Four digits or more: request ids, addresses with ports, hashes; not the words that stand in many lines. */
function looksLikeId(text: string): boolean {
  return text.length >= 6 && (text.match(/\d/g)?.length ?? 0) >= 4
}
