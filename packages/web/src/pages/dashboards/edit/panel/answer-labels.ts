import type { PanelQuery } from '@girok/server/contract'
import { askedOnce } from '../../../../explore/editor/asked-once.ts'
import { range, scopeOf } from '../../model/dashboard-state.ts'
import { fetchLogVector, fetchMetricVector } from '../../model/fetch-query.ts'
import { interpolateQuery } from '../../model/interpolate.ts'

/** Steps are not known before the panel is drawn; labels are the same with any. */
const anyStepMs = 60_000

/** Names of the labels that the series of a query have now, for its legend; none while it cannot be answered. */
export function answerLabels({ language, expr }: PanelQuery): Promise<readonly string[]> {
  const shown = range.peek()
  if (shown === undefined || expr.trim() === '') return Promise.resolve([])
  const asked = interpolateQuery(expr, scopeOf(shown, anyStepMs))
  const fetch = language === 'promql' ? fetchMetricVector : fetchLogVector
  return askedOnce(`legend ${language} ${asked}`, [], async () => {
    const samples = await fetch(asked, shown.to, AbortSignal.timeout(10_000))
    return [...new Set(samples.flatMap(({ metric }) => Object.keys(metric)))].sort()
  })
}
