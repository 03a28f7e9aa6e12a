import type { Labels } from '../../api/entry.ts'
import type { SeriesExemplars } from '../../api/prometheus.ts'
import type { ChartExemplar } from '../../charts/chart-props.ts'
import type { ChartFrame, ChartSeries } from '../../charts/frame.ts'

/** Labels that tracing libraries put the id of a trace into. */
const traceLabels = ['trace_id', 'traceID', 'traceId', 'TraceID']

/** The id of the trace that an exemplar belongs to. */
export function traceOf(labels: Labels): string | undefined {
  return traceLabels.map((name) => labels[name]).find((id) => id !== undefined && id !== '')
}

/**
 * Exemplars as points of a chart. One belongs to the series drawn whose labels are all labels of its own series: that of
 * its group, where the query groups. `heightOf` gives the height of a measured value where the chart shows what was
 * measured, undefined where it shows something else, such as a rate: such a point stands on the line of its series, and its
 * value among its labels.
 */
export function exemplarPoints(
  found: readonly SeriesExemplars[],
  frame: ChartFrame,
  heightOf: (metric: string, value: number) => number | undefined,
  valueText: string,
): readonly ChartExemplar[] {
  const now = frame.series.filter(({ like }) => like === undefined)
  return found.flatMap(({ seriesLabels, exemplars }) => {
    const series = now.find(({ labels }) =>
      Object.entries(labels).every(([name, value]) => seriesLabels[name] === value),
    )
    return exemplars.flatMap(({ labels, value, timestamp }): ChartExemplar[] => {
      const height = heightOf(seriesLabels.__name__ ?? '', Number(value))
      if (height !== undefined) {
        return Number.isFinite(height) ? [{ time: timestamp, value: height, labels, series: series?.name }] : []
      }
      const line = series === undefined ? undefined : valueAt(frame, series, timestamp)
      if (line === undefined) return []
      return [{ time: timestamp, value: line, labels: { [valueText]: value, ...labels }, series: series?.name }]
    })
  })
}

/** The value of a series at the time next to a time; undefined in a gap and outside. */
function valueAt({ times, stepSeconds }: ChartFrame, { values }: ChartSeries, time: number): number | undefined {
  const first = times[0]
  if (first === undefined || stepSeconds <= 0) return undefined
  return values[Math.round((time - first) / stepSeconds)] ?? undefined
}
