import type { Labels } from '../../api/entry.ts'
import { type ChartFrame, type ChartSeries, frameOf } from '../../charts/frame.ts'
import { seriesSelector } from '../../promql/selector-text.ts'
import type { RangeAnswer } from './range-data.ts'

/** Series as PromQL writes them: `up{job="api"}`; the one without labels is `{}`. */
function nameOf(labels: Labels): string {
  return seriesSelector(labels) || '{}'
}

/** The series without the labels that all of them share: what tells them apart. */
export function titlesOf(series: readonly Labels[]): readonly string[] {
  const [first, ...others] = series
  if (first === undefined || others.length === 0) return series.map(nameOf)
  const shared = new Set(
    Object.entries(first).flatMap(([name, value]) => (others.every((one) => one[name] === value) ? [name] : [])),
  )
  const left = series.map((labels) => Object.entries(labels).filter(([name]) => !shared.has(name)))
  const names = new Set(left.flatMap((labels) => labels.map(([name]) => name)))
  return left.map((labels) => {
    const value = names.size === 1 ? labels[0]?.[1] : undefined
    return value === undefined || value === '' ? nameOf(Object.fromEntries(labels)) : value
  })
}

/**
 * The answer as a chart draws it: values times `factor`, and the series of the earlier range at the times of this one,
 * named by `earlierName`.
 */
export function chartFrame(answer: RangeAnswer, factor: number, earlierName: (title: string) => string): ChartFrame {
  const { series, earlier, startMs, endMs, stepMs, shiftMs } = answer
  const moved = earlier.map(({ metric, values }) => ({
    metric,
    values: values.map(([seconds, text]) => [Math.round(seconds * 1000 + shiftMs) / 1000, text] as const),
  }))
  const frame = frameOf([...series, ...moved], startMs, endMs, stepMs)
  // A series that is there at both times is one: what tells it from itself is the time.
  const byName = new Map([...series, ...earlier].map(({ metric }) => [nameOf(metric), metric]))
  const names = [...byName.keys()]
  const titles = new Map(titlesOf([...byName.values()]).map((title, at) => [names[at], title]))
  const scaled = (value: number | null): number | null => (value === null ? null : value * factor)
  const drawn = frame.series.map((one, index): ChartSeries => {
    const name = nameOf(one.labels)
    const title = titles.get(name) ?? name
    const values = factor === 1 ? one.values : one.values.map(scaled)
    if (index < series.length) return { ...one, name, title, values }
    return { ...one, name: earlierName(name), title: earlierName(title), like: name, values }
  })
  return { ...frame, series: drawn }
}
