import type { PanelQuery } from '@girok/server/contract'
import type { Entry, Labels } from '../../../api/entry.ts'
import type { Series } from '../../../api/loki.ts'
import type { PanelRequest, QueryRequest } from './panel-request.ts'

/** One number of an instant answer; NaN and infinities as JavaScript has them. */
export interface InstantSample {
  readonly metric: Labels
  readonly value: number
}

/** What one query of a panel gave. */
export type QueryAnswer = { readonly query: PanelQuery; readonly expr: string } & (
  | { readonly kind: 'series'; readonly series: readonly Series[] }
  | { readonly kind: 'instant'; readonly samples: readonly InstantSample[] }
  | { readonly kind: 'lines'; readonly entries: readonly Entry[] }
)

export interface PanelAnswer {
  readonly request: PanelRequest
  /** In the order of the queries. */
  readonly answers: readonly QueryAnswer[]
}

/** Asks the server; a test puts something else in its place. */
export type FetchQuery = (query: QueryRequest, request: PanelRequest, signal: AbortSignal) => Promise<QueryAnswer>
