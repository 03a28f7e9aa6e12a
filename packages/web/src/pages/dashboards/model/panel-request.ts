import type { Panel, PanelQuery } from '@girok/server/contract'
import type { RangeNs } from '../../../time/range.ts'
import { interpolateQuery, referencesIn, type Scope } from './interpolate.ts'
import { stepOf } from './interval.ts'

/** One question of a panel, ready to be sent. */
export interface QueryRequest {
  readonly query: PanelQuery
  /** With its variables filled in. */
  readonly expr: string
  readonly kind: 'series' | 'instant' | 'lines'
}

/** What a panel asks for. Equal requests have equal answers, but for data that came meanwhile. */
export interface PanelRequest {
  readonly queries: readonly QueryRequest[]
  readonly range: RangeNs
  /** Times of series: first and last on a step, the last not after the end of the range. */
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
}

/** What a panel of a width asks for in a range. `scopeOf` gives what variables stand for when the step is known. */
export function requestOf(
  panel: Panel,
  range: RangeNs,
  widthPixels: number,
  scopeOf: (stepMs: number) => Scope,
): PanelRequest {
  const asked = panel.queries.filter(({ hidden, expr }) => hidden !== true && expr.trim() !== '')
  // Series of one panel share one ladder of times.
  const stepMs = Math.max(1000, ...asked.map(({ language }) => stepOf(language, range, widthPixels)))
  const scope = scopeOf(stepMs)
  const startMs = Math.floor(Number(range.from / 1_000_000n) / stepMs) * stepMs
  const endMs = Math.max(startMs, Math.floor(Number(range.to / 1_000_000n) / stepMs) * stepMs)
  const queries = asked.map((query) => ({
    query,
    expr: interpolateQuery(query.expr, scope),
    kind:
      panel.kind === 'logs' ? ('lines' as const) : query.instant === true ? ('instant' as const) : ('series' as const),
  }))
  return { queries, range, startMs, endMs, stepMs }
}

/** Same text for requests that ask the same. */
export function requestKey({ queries, range, stepMs }: PanelRequest): string {
  return JSON.stringify([
    queries.map(({ query, expr, kind }) => [query.ref, query.language, expr, kind]),
    String(range.from),
    String(range.to),
    stepMs,
  ])
}

/** Names of the variables that the queries of a panel speak of. */
export function variablesOf(panel: Panel): ReadonlySet<string> {
  return new Set(panel.queries.flatMap(({ expr }) => [...referencesIn(expr)]))
}
