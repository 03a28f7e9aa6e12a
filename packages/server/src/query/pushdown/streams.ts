import type { IndexedStream } from '../../store/store.ts'
import type { Condition } from './condition.ts'

/** Ids beyond this make a statement that the engine takes longer to parse than to answer (20 characters each). */
const MAX_IDS = 4000

/** Every row, and no row. */
export const EVERY: Condition = { sql: '1', exact: true }
export const NONE: Condition = { sql: '0', exact: true }

/**
 * Rows of `wanted`, given that only rows of `all` are looked at. Names whichever of the two sets is smaller; undefined
 * when both are too large to be named.
 */
export function streamCondition(
  wanted: readonly IndexedStream[],
  all: readonly IndexedStream[],
): Condition | undefined {
  if (wanted.length === 0) return NONE
  if (wanted.length >= all.length) return EVERY
  if (wanted.length <= all.length - wanted.length) {
    return wanted.length <= MAX_IDS ? { sql: `stream ${idsText(wanted, 'IN', '=')}`, exact: true } : undefined
  }
  const named = new Set(wanted.map((stream) => stream.id))
  const rest = all.filter((stream) => !named.has(stream.id))
  return rest.length <= MAX_IDS ? { sql: `stream ${idsText(rest, 'NOT IN', '!=')}`, exact: true } : undefined
}

function idsText(streams: readonly IndexedStream[], many: string, one: string): string {
  // Ids are decimal digits by contract; BigInt refuses anything else before it can become SQL.
  const ids = streams.map((stream) => BigInt(stream.id).toString())
  return ids.length === 1 ? `${one} ${ids[0]}` : `${many} (${ids.join(', ')})`
}
