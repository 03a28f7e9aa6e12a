import type { TimeSpan } from '../pushdown/time.ts'
import type { Run } from '../run/runs.ts'
import type { StoredRow } from './decode.ts'
import { usualLookNs } from './first-look.ts'
import { type Page, type RowSource, readPage } from './page.ts'

/**
 * A slice without anything in it makes the next one this much wider: a month without rows takes four looks, not 720. One
 * with too little makes the next one as wide as it would have had to be, and half as much again: a statement costs as
 * much as reading some 50,000 rows, and only rows that pass must be ordered.
 */
const WIDENING = 32n
const MAX_WIDENING = 64
/** First looks below this (15 minutes) find little to do for several threads. */
const NARROW_NS = 900_000_000_000n
/** A query that has taken this long leaves the lane of those who wait for an answer at once. */
const INTERACTIVE_MS = 250

export interface WalkOptions {
  /** Asked before each page: how many rows are of use. */
  readonly pageRows: () => number
  /** How much time the first look covers. Default: a minute for each thousand rows. */
  readonly firstLookNs?: bigint
  /** Reads the next page while this one is being worked on: for those who will want them all. */
  readonly ahead?: boolean
}

/**
 * Reads a span slice by slice from its near end, so that a query that finds what it needs there never looks at the rest.
 * Each page is in order (see `readPage`), and so are the pages; empty ones are left out.
 */
export async function* walkRows(
  source: RowSource,
  span: TimeSpan,
  { pageRows, firstLookNs = usualLookNs(pageRows()), ahead }: WalkOptions,
  run: Run,
): AsyncGenerator<readonly StoredRow[]> {
  const forward = source.direction === 'forward'
  let width = most(firstLookNs, 1n)
  let isFirst = true
  const reading = (left: TimeSpan | undefined): Reading | undefined => {
    if (!left) return undefined
    if (run.lane === 'interactive' && run.elapsedMs() > INTERACTIVE_MS) run.lane = 'query'
    const slice = forward
      ? { fromNs: left.fromNs, toNs: least(left.toNs, left.fromNs + width) }
      : { fromNs: most(left.fromNs, left.toNs - width), toNs: left.toNs }
    const size = pageRows()
    // A narrow first look is over before a second thread has begun.
    const settings = isFirst && firstLookNs < NARROW_NS ? { maxThreads: 1 } : {}
    isFirst = false
    return { left, slice, size, page: readPage(source, slice, size, run, settings) }
  }
  let now = reading(remaining(span.fromNs, span.toNs))
  while (now) {
    const { left, slice, size } = now
    const page = await now.page
    const end = page.rest ?? (forward ? { fromNs: slice.toNs, toNs: 0n } : { fromNs: 0n, toNs: slice.fromNs })
    // As wide as this page reached: the engine has to order all rows of a slice to find the first ones.
    if (page.full) width = most(forward ? end.fromNs - slice.fromNs : slice.toNs - end.toNs, 1_000_000n)
    else if (page.rows.length === 0) width *= WIDENING
    else if (page.rows.length < size / 2) {
      width *= BigInt(Math.min(MAX_WIDENING, Math.ceil((1.5 * (size - page.rows.length)) / page.rows.length)))
    }
    const rest = forward ? remaining(end.fromNs, left.toNs) : remaining(left.fromNs, end.toNs)
    const next = ahead ? reading(rest) : undefined
    // Whoever stops early never asks for it.
    next?.page.catch(() => {})
    if (page.rows.length > 0) yield page.rows
    now = ahead ? next : reading(rest)
  }
}

interface Reading {
  readonly left: TimeSpan
  readonly slice: TimeSpan
  readonly size: number
  readonly page: Promise<Page>
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
