import { queryHistory } from '../../../explore/history-store.ts'
import { defaultQuery } from '../url-state.ts'

const history = queryHistory('girok.history')

export const { past: pastQueries, forget: forgetQuery, forgetAll } = history

/** Notes a run, but not that of the query that every visit begins with. */
export function noteRun(query: string, from: string, to: string): void {
  if (query !== defaultQuery) history.note(query, from, to)
}
