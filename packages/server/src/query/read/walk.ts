import type { TimeSpan } from '../pushdown/time.ts'
import type { Run } from '../run/runs.ts'
import type { StoredRow } from './decode.ts'
import { type RowSource, readPage } from './page.ts'

const SECOND_NS = 1_000_000_000n
/** How much time the first look covers: little, because how dense the rows lie is not known yet. */
const FIRST_SLICE_NS = 60n * SECOND_NS
/** A slice without much in it makes the next one this much wider: a month without rows takes six looks, not 720. */
const WIDENING = 8n
/** A query that has taken this long leaves the lane of those who wait for an answer at once. */
const INTERACTIVE_MS = 250

/**
 * Reads a span slice by slice from its near end, so that a query that finds what it needs there never looks at the rest.
 * Each page is in order (see `readPage`), and so are the pages; empty ones are left out.
 *
 * @param pageRows asked before each page: how many rows are of use
 */
export async function* walkRows(
  source: RowSource,
  span: TimeSpan,
  pageRows: () => number,
  run: Run,
): AsyncGenerator<readonly StoredRow[]> {
  const forward = source.direction === 'forward'
  let left: TimeSpan | undefined = span.fromNs < span.toNs ? span : undefined
  let width = FIRST_SLICE_NS
  while (left) {
    if (run.lane === 'interactive' && run.elapsedMs() > INTERACTIVE_MS) run.lane = 'query'
    const slice: TimeSpan = forward
      ? { fromNs: left.fromNs, toNs: least(left.toNs, left.fromNs + width) }
      : { fromNs: most(left.fromNs, left.toNs - width), toNs: left.toNs }
    const size = pageRows()
    const page = await readPage(source, slice, size, run)
    if (page.rows.length > 0) yield page.rows
    if (page.full) {
      const { fromNs, toNs } =
        page.rest ?? (forward ? { fromNs: slice.toNs, toNs: 0n } : { fromNs: 0n, toNs: slice.fromNs })
      // As wide as this page reached; the engine has to order all rows of a slice to find the first ones.
      const reached = forward ? fromNs - slice.fromNs : slice.toNs - toNs
      width = most(reached, 1_000_000n)
      left = forward ? remaining(fromNs, left.toNs) : remaining(left.fromNs, toNs)
    } else {
      if (page.rows.length < size / 2) width *= page.rows.length < size / 8 ? WIDENING : 2n
      left = forward ? remaining(slice.toNs, left.toNs) : remaining(left.fromNs, slice.fromNs)
    }
  }
}

function remaining(fromNs: bigint, toNs: bigint): TimeSpan | undefined {
  return fromNs < toNs ? { fromNs, toNs } : undefined
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
