import type { Labels } from '../../api/entry.ts'
import { ApiError } from '../../api/error.ts'
import { fetchLabels, fetchLabelValues } from '../../api/loki.ts'
import type { ChartExemplar } from '../../charts/chart-props.ts'
import { toast } from '../../components/toast.tsx'
import { defaultQuery } from '../../shell/default-query.ts'
import { t } from '../../shell/i18n.ts'
import { navigate } from '../../shell/router.ts'
import { traceOf } from './exemplar-points.ts'
import { instant, metrics, range, ranged } from './model.ts'
import { sharedLabels, streamSelector } from './stream-labels.ts'

/** The log page with a query, at the time shown here. */
export function logsPlace(query: string): string {
  const { from, to, zone } = metrics.peek()
  const params = new URLSearchParams({ q: query, from, to })
  if (zone !== 'local') params.set('tz', zone)
  return `?${params}`
}

/** Opens the logs of the streams that carry labels of these series, or of those on screen; says so when there are none. */
export async function openLogs(series: readonly Labels[] = shownSeries()): Promise<void> {
  const shown = range.peek()
  if (shown === undefined) return
  const labels = sharedLabels(series)
  try {
    const known = new Set(await fetchLabels('{}', shown.from, shown.to))
    const names = Object.keys(labels).filter((name) => known.has(name))
    const values = await Promise.all(
      names.map(async (name) => [name, await fetchLabelValues(name, '{}', shown.from, shown.to)] as const),
    )
    const selector = streamSelector(labels, new Map(values))
    if (selector === undefined) toast(t('metrics.logs.none'))
    else navigate('/logs', logsPlace(selector))
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    toast(t('metrics.logs.failed', { reason: error.message }))
  }
}

/** Opens the logs that hold the trace of an exemplar. One without a trace opens nothing: its tip says all there is. */
export function openTrace({ labels }: Pick<ChartExemplar, 'labels'>): void {
  const trace = traceOf(labels)
  if (trace === undefined) toast(t('metrics.exemplars.noTrace'))
  else navigate('/logs', logsPlace(`${defaultQuery} |= ${JSON.stringify(trace)}`))
}

function shownSeries(): readonly Labels[] {
  if (metrics.peek().view === 'range') return ranged.answer.peek()?.series.map(({ metric }) => metric) ?? []
  const value = instant.answer.peek()?.value
  return value?.type === 'vector' || value?.type === 'matrix' ? value.result.map(({ metric }) => metric) : []
}
