import type { LabelFilter, LogExpr, LogRange, Selector, Stage, Unwrap, UnwrapConversion } from '../ast.ts'
import type { Cursor } from './cursor.ts'
import { parseLabelFilter } from './label-filter.ts'
import { parseSelectorAt, requireNarrowSelector } from './selector.ts'
import { atStage, parseStages } from './stages.ts'

const CONVERSIONS: ReadonlyMap<string, UnwrapConversion> = new Map([
  ['bytes', 'bytes'],
  ['duration', 'duration'],
  ['duration_seconds', 'duration_seconds'],
])

/** A log query at the cursor, in parentheses or not: selector and stages. */
export function parseLogExpr(cursor: Cursor): LogExpr {
  if (cursor.at('(')) {
    cursor.enter()
    cursor.take()
    const inner = parseLogExpr(cursor)
    cursor.expect(')')
    cursor.leave()
    return inner
  }
  const selector = parseSelectorAt(cursor)
  requireNarrowSelector(cursor, selector)
  return logExpr(selector, parseStages(cursor))
}

function logExpr(selector: Selector, stages: readonly Stage[]): LogExpr {
  const end = stages.at(-1)?.at.end ?? selector.at.end
  return { kind: 'log', selector, stages, at: { start: selector.at.start, end } }
}

interface OpenRange {
  readonly log: LogExpr
  readonly unwrap?: Unwrap | undefined
  /** Absent while only `selector stages unwrap` was read, as inside the parentheses of `(…)[5m]`. */
  readonly window?: { readonly rangeNs: bigint; readonly offsetNs: bigint } | undefined
}

/** What stands in a range aggregation: log query and `[5m]`, which may come before or after the stages. */
export function parseLogRange(cursor: Cursor): LogRange {
  const start = cursor.token.start
  const { log, unwrap, window } = parseOpenRange(cursor)
  if (window === undefined) {
    const hint = cursor.at(')') ? 'a range such as [5m] is missing' : ''
    cursor.unexpected(atStage(cursor) || cursor.at('|') ? [] : ['range'], hint)
  }
  return { log, ...window, ...(unwrap === undefined ? {} : { unwrap }), at: cursor.spanFrom(start) }
}

function parseOpenRange(cursor: Cursor): OpenRange {
  if (cursor.at('(')) return parseBracketed(cursor)
  if (!cursor.at('{')) cursor.unexpected(['{'], rangeHint(cursor))
  const selector = parseSelectorAt(cursor)
  requireNarrowSelector(cursor, selector)
  if (cursor.at('range')) {
    const window = parseWindow(cursor)
    const stages = parseStages(cursor)
    return { log: logExpr(selector, stages), unwrap: parseUnwrap(cursor), window }
  }
  const log = logExpr(selector, parseStages(cursor))
  const unwrap = parseUnwrap(cursor)
  return { log, unwrap, window: cursor.at('range') ? parseWindow(cursor) : undefined }
}

function rangeHint(cursor: Cursor): string {
  return cursor.at('identifier') && cursor.lookahead().kind === '('
    ? 'a range aggregation takes a log query with a range, such as {app="x"} [5m]; aggregate the other way round'
    : ''
}

function parseBracketed(cursor: Cursor): OpenRange {
  cursor.enter()
  cursor.take()
  const inner = parseOpenRange(cursor)
  cursor.expect(')')
  cursor.leave()
  if (inner.window !== undefined || !cursor.at('range')) return inner
  const window = parseWindow(cursor)
  const bare = inner.log.stages.length === 0 && inner.unwrap === undefined
  return { log: inner.log, unwrap: bare ? parseUnwrap(cursor) : inner.unwrap, window }
}

function parseWindow(cursor: Cursor): { rangeNs: bigint; offsetNs: bigint } {
  const rangeNs = cursor.expect('range').ns
  if (!cursor.takeIf('offset')) return { rangeNs, offsetNs: 0n }
  return { rangeNs, offsetNs: cursor.expect('duration').ns }
}

function parseUnwrap(cursor: Cursor): Unwrap | undefined {
  if (!cursor.at('|') || cursor.lookahead().kind !== 'unwrap') return undefined
  const { start } = cursor.take()
  cursor.take()
  const name = cursor.expect('identifier')
  let label = name.text
  let conversion: UnwrapConversion | undefined
  if (cursor.at('(')) {
    conversion = CONVERSIONS.get(name.text.toLowerCase())
    if (conversion === undefined) {
      cursor.fail(
        `syntax error: unexpected ${name.text}, expecting bytes, duration or duration_seconds before (`,
        name.start,
      )
    }
    cursor.take()
    label = cursor.expect('identifier').text
    cursor.expect(')')
  }
  const filters: LabelFilter[] = []
  while (cursor.at('|')) {
    cursor.take()
    if (!cursor.at('identifier') && !cursor.at('(')) cursor.unexpected([], 'only label filters may follow unwrap')
    filters.push(parseLabelFilter(cursor))
  }
  return { label, ...(conversion === undefined ? {} : { conversion }), filters, at: cursor.spanFrom(start) }
}
