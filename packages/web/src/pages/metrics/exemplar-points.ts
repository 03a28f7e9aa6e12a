import type { Labels } from '../../api/entry.ts'
import type { SeriesExemplars } from '../../api/prometheus.ts'
import type { ChartExemplar } from '../../charts/chart-props.ts'
import type { ChartSeries } from '../../charts/frame.ts'

/** Labels that tracing libraries put the id of a trace into. */
const traceLabels = ['trace_id', 'traceID', 'traceId', 'TraceID']

/** The id of the trace that an exemplar belongs to. */
export function traceOf(labels: Labels): string | undefined {
  return traceLabels.map((name) => labels[name]).find((id) => id !== undefined && id !== '')
}

/**
 * Exemplars as points of a chart. One belongs to the series drawn whose labels are all labels of its own series: that of
 * its group, where the query groups.
 */
export function exemplarPoints(
  found: readonly SeriesExemplars[],
  drawn: readonly ChartSeries[],
): readonly ChartExemplar[] {
  const now = drawn.filter(({ like }) => like === undefined)
  return found.flatMap(({ seriesLabels, exemplars }) => {
    const series = now.find(({ labels }) =>
      Object.entries(labels).every(([name, value]) => seriesLabels[name] === value),
    )?.name
    return exemplars.flatMap(({ labels, value, timestamp }) => {
      const number = Number(value)
      return Number.isFinite(number) ? [{ time: timestamp, value: number, labels, series }] : []
    })
  })
}
