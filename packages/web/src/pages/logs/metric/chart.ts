import uPlot from 'uplot'
import { isoOf } from '../../../time/range.ts'
import { formatNs } from '../../../time/zone.ts'
import { change } from '../model/explorer.ts'
import type { MetricAnswer } from '../model/metric-data.ts'
import { seriesColours, seriesName } from './series.ts'

/** Draws the series; dragging over the chart zooms the page. Answers what takes the chart away. */
export function drawChart(element: HTMLElement, answer: MetricAnswer, zone: string): () => void {
  const times = [...new Set(answer.series.flatMap((one) => one.values.map(([seconds]) => seconds)))].sort(
    (a, b) => a - b,
  )
  const place = new Map(times.map((time, index) => [time, index]))
  const data: uPlot.AlignedData = [
    times,
    ...answer.series.map((one) => {
      const values: (number | null)[] = times.map(() => null)
      for (const [seconds, text] of one.values) values[place.get(seconds) ?? 0] = Number(text)
      return values
    }),
  ]
  const style = getComputedStyle(element)
  const text = style.getPropertyValue('--text-dim').trim()
  const line = style.getPropertyValue('--line').trim()
  const ground = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } }
  const time = (seconds: number, decimals: 0 | 3 = 0): string =>
    formatNs(BigInt(Math.round(seconds * 1000)) * 1_000_000n, zone, decimals)
  const size = (): { width: number; height: number } => ({
    width: Math.max(100, element.clientWidth),
    height: Math.max(160, element.clientHeight),
  })
  const chart = new uPlot(
    {
      ...size(),
      legend: { show: false },
      cursor: { drag: { x: true, y: false, setScale: false } },
      axes: [
        { ...ground, values: (_, ticks) => ticks.map((one) => time(one).slice(11, 16)) },
        { ...ground, size: 64 },
      ],
      series: [
        {},
        ...answer.series.map((one, index) => ({
          label: seriesName(one.metric),
          stroke: seriesColours[index % seriesColours.length] ?? text,
          width: 1.5,
          spanGaps: false,
          points: { show: times.length < 40, size: 4 },
        })),
      ],
      hooks: {
        setSelect: [
          (self) => {
            if (self.select.width < 4) return
            const from = BigInt(Math.floor(self.posToVal(self.select.left, 'x') * 1000)) * 1_000_000n
            const to = BigInt(Math.ceil(self.posToVal(self.select.left + self.select.width, 'x') * 1000)) * 1_000_000n
            change({ from: isoOf(from), to: isoOf(to) })
          },
        ],
      },
    },
    data,
    element,
  )
  const observer = new ResizeObserver(() => chart.setSize(size()))
  observer.observe(element)
  return () => {
    observer.disconnect()
    chart.destroy()
  }
}
