import uPlot from 'uplot'
import type { ChartExemplar, ChartSpan, Threshold } from './chart-props.ts'
import type { Crosshair } from './crosshair.ts'
import type { ChartSeries } from './frame.ts'
import { axisFont, groundOf, timeAxis } from './ground.ts'
import { heatOf, heatRange } from './heat.ts'
import type { Scale } from './kinds.ts'
import { drawExemplars, drawSpans, drawThresholds, exemplarNear } from './marks.ts'
import { type Ink, resolveColour } from './palette.ts'
import { pictureOf } from './picture.ts'
import { stackValues } from './stack.ts'

/** What the pointer or the keyboard is on. */
export interface PlotCursor {
  /** Index of the time. */
  readonly index: number
  /** Index of the series nearest to the pointer, if any is near. */
  readonly series: number | undefined
  readonly exemplar: ChartExemplar | undefined
  /** Pixels from the left edge of the element, and its width. */
  readonly left: number
  readonly top: number
  readonly width: number
}

export interface PlotOptions {
  readonly kind: 'line' | 'bar' | 'stacked' | 'heatmap'
  readonly scale: Scale
  readonly zone: string
  readonly times: readonly number[]
  readonly stepSeconds: number
  /** Those that are shown, in the order of stacking. */
  readonly series: readonly ChartSeries[]
  readonly inks: ReadonlyMap<string, Ink>
  readonly names: ReadonlyMap<string, string>
  readonly format: (value: number) => string
  /** Ends of the axis; undefined: by the values. */
  readonly min: number | undefined
  readonly max: number | undefined
  readonly thresholds: readonly Threshold[]
  readonly spans: readonly ChartSpan[]
  readonly reach: readonly number[]
  readonly exemplars: readonly ChartExemplar[]
  readonly crosshair: Crosshair | undefined
  readonly onCursor: (cursor: PlotCursor | undefined) => void
  /** Dragged over the chart, or marked by keyboard; seconds. */
  readonly onZoom: (from: number, to: number) => void
  /** Clicked without dragging. */
  readonly onClick: (cursor: PlotCursor, event: MouseEvent) => void
}

export interface Plot {
  /** Moves the cursor to a time by its index; undefined takes it away. */
  point(index: number | undefined): void
  /** The drawing on the ground of the page, with a title above and the names of the series below. */
  picture(title: string): HTMLCanvasElement
  destroy(): void
}

/** Draws series on a canvas that follows the size of its element. */
export function drawPlot(element: HTMLElement, options: PlotOptions): Plot {
  const ground = groundOf(element)
  const { kind, times } = options
  const size = (): { width: number; height: number } => ({
    width: Math.max(120, element.clientWidth),
    height: Math.max(60, element.clientHeight),
  })
  const grid = { stroke: ground.line, width: 1 }
  const base = { stroke: ground.text, font: axisFont, grid, ticks: { ...grid, size: 4 } }
  const half = kind === 'bar' || kind === 'heatmap' ? options.stepSeconds / 2 : 0
  const chart = new uPlot(
    {
      ...size(),
      legend: { show: false },
      padding: [8, 12, 0, 0],
      cursor: {
        y: kind === 'heatmap',
        drag: { x: true, y: false, setScale: false },
        focus: { prox: 24 },
        points: { show: kind === 'line' || kind === 'stacked', size: 7 },
      },
      focus: { alpha: kind === 'line' ? 0.35 : 1 },
      scales: {
        x: { time: false, range: [(times[0] ?? 0) - half, (times.at(-1) ?? 1) + half] },
        y: yScale(options),
      },
      axes: [{ ...base, ...timeAxis(options.zone), size: 26 } as uPlot.Axis, yAxis(base, options)],
      series: [{}, ...linesOf(element, options)],
      bands:
        kind === 'stacked'
          ? options.series.slice(1).map((_, index) => ({ series: [index + 2, index + 1] as const }))
          : [],
      hooks: {
        drawAxes: [(self) => drawSpans(self, element, options.spans)],
        draw: [
          (self) => {
            if (kind === 'bar') drawBars(self, element, options)
            if (kind === 'heatmap') drawHeat(self, ground.accent, options)
            else {
              drawThresholds(self, element, options.thresholds)
              drawExemplars(self, options.exemplars, exemplarColour(element, options), ground.back)
            }
          },
        ],
        setCursor: [
          (self) => {
            const cursor = cursorOf(self, options)
            options.onCursor(cursor)
            options.crosshair?.point(element, cursor === undefined ? undefined : times[cursor.index])
          },
        ],
        setSelect: [
          (self) => {
            const { left, width } = self.select
            if (width < 4) return
            options.onZoom(self.posToVal(left, 'x'), self.posToVal(left + width, 'x'))
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          },
        ],
      },
    } as uPlot.Options,
    dataOf(options),
    element,
  )
  chart.over.addEventListener('click', (event) => {
    // After dragging uPlot lets no click through.
    const cursor = cursorOf(chart, options)
    if (cursor !== undefined) options.onClick(cursor, event)
  })
  const unlink = linkCrosshair(chart, element, options)
  const observer = new ResizeObserver(() => chart.setSize(size()))
  observer.observe(element)
  return {
    picture: (title) => pictureOf(chart.ctx.canvas, element, { title, ...options }),
    point: (index) => {
      const time = index === undefined ? undefined : times[index]
      chart.setCursor({ left: time === undefined ? -10 : chart.valToPos(time, 'x'), top: 20 })
    },
    destroy: () => {
      observer.disconnect()
      unlink()
      chart.destroy()
    },
  }
}

/** A line at the time under the pointer of another chart: one element that moves, without drawing the chart anew. */
function linkCrosshair(chart: uPlot, element: HTMLElement, { crosshair, times }: PlotOptions): () => void {
  if (crosshair === undefined) return () => {}
  const line = document.createElement('div')
  line.className = 'plot-link'
  line.hidden = true
  chart.over.append(line)
  const [first = 0, last = 0] = [times[0], times.at(-1)]
  return crosshair.join(element, (time) => {
    line.hidden = time === undefined || time < first || time > last
    if (time !== undefined && !line.hidden) line.style.transform = `translateX(${chart.valToPos(time, 'x')}px)`
  })
}

function exemplarColour(element: Element, { inks }: PlotOptions): (exemplar: ChartExemplar) => string {
  return ({ series = '' }) => resolveColour(element, inks.get(series)?.colour ?? 'var(--accent)')
}

function dataOf({ kind, scale, times, series }: PlotOptions): uPlot.AlignedData {
  if (kind === 'heatmap') return [[...times], times.map(() => null)]
  const rows = kind === 'stacked' ? stackValues(series) : series.map(({ values }) => [...values])
  // A logarithm of nothing has no place: such values are gaps.
  const placed = scale === 'log' ? rows.map((row) => row.map((one) => (one !== null && one > 0 ? one : null))) : rows
  return [[...times], ...placed]
}

function linesOf(element: Element, { kind, series, inks, times }: PlotOptions): uPlot.Series[] {
  if (kind === 'heatmap') return [{ show: true, paths: () => null, points: { show: false } }]
  return series.map(({ name, values }) => {
    const ink = inks.get(name)
    const colour = resolveColour(element, ink?.colour ?? '#888888')
    if (kind === 'bar') return { stroke: colour, paths: () => null, points: { show: false } }
    const samples = values.reduce<number>((count, value) => count + (value === null ? 0 : 1), 0)
    return {
      stroke: colour,
      width: 1.5,
      spanGaps: false,
      // Samples that stand alone have no line: their points must be seen.
      points: { show: kind === 'line' && (times.length < 40 || samples < 12), size: 4 },
      ...(kind === 'stacked' ? { fill: `${colour}66` } : { dash: [...(ink?.dash ?? [])] }),
    }
  })
}

function yScale({ kind, scale, series, exemplars, reach, min: least, max: greatest }: PlotOptions): uPlot.Scale {
  if (kind === 'heatmap') return { range: [0, Math.max(1, series.length)] }
  if (scale === 'log') return { distr: 3, log: 10 }
  return {
    range: (_, dataMin, dataMax) => {
      const points = [...exemplars.map(({ value }) => value), ...reach]
      const min = least ?? (dataMin === null ? null : Math.min(dataMin, ...points))
      const max = greatest ?? (dataMax === null ? null : Math.max(dataMax, ...points))
      if (min === null || max === null || !Number.isFinite(min)) return [0, 1]
      if (least !== undefined && greatest !== undefined && least < greatest) return [least, greatest]
      const touchesZero = kind !== 'line' || (min >= 0 && min < max * 0.6)
      const low = touchesZero ? Math.min(0, min) : min
      const high = touchesZero ? Math.max(0, max) : max
      // What differs by rounding alone is one value: magnified, it would look like a storm.
      if (high - low <= Math.abs(high) * 1e-9)
        return low === 0 ? [0, 1] : [low - Math.abs(low) * 0.1, high + Math.abs(high) * 0.1]
      const room = (high - low) * 0.06
      return [least ?? (low === 0 ? 0 : low - room), greatest ?? (high === 0 ? 0 : high + room)]
    },
  }
}

function yAxis(base: uPlot.Axis, { kind, series, names, format }: PlotOptions): uPlot.Axis {
  const width = (texts: readonly string[] | null): number =>
    Math.min(220, Math.max(44, ...(texts ?? []).map((text) => textWidth(text) + 18)))
  if (kind !== 'heatmap') {
    return {
      ...base,
      values: (_, ticks) => ticks.map((one) => (one === null ? '' : format(one))),
      size: (_, texts) => width(texts),
    }
  }
  // Below 14 pixels a row has no room for its name: every second, third … is named.
  return {
    ...base,
    grid: { show: false },
    splits: (self) => {
      const every = Math.max(1, Math.ceil(14 / (self.height / Math.max(1, series.length))))
      return series.flatMap((_, row) => (row % every === 0 ? [series.length - row - 0.5] : []))
    },
    values: (_, ticks) =>
      ticks.map((at) => {
        const name = series[series.length - Math.round(at + 0.5)]?.name ?? ''
        const text = names.get(name) ?? name
        return text.length > 26 ? `${text.slice(0, 25)}…` : text
      }),
    size: (_, texts) => width(texts),
  }
}

/** About the width of a text in the font of the axes; signs of Korean and Japanese are twice as wide. */
function textWidth(text: string): number {
  let width = 0
  for (const char of text) width += (char.codePointAt(0) ?? 0) > 0x2e80 ? 12 : 6.8
  return width
}

function drawBars(self: uPlot, element: Element, { times, series, inks, stepSeconds, scale }: PlotOptions): void {
  const { ctx } = self
  const span = Math.abs(self.valToPos(stepSeconds, 'x', true) - self.valToPos(0, 'x', true))
  const each = Math.max(1, (span * 0.82) / Math.max(1, series.length))
  const floor = scale === 'log' ? self.bbox.top + self.bbox.height : self.valToPos(0, 'y', true)
  ctx.save()
  ctx.beginPath()
  ctx.rect(self.bbox.left, self.bbox.top, self.bbox.width, self.bbox.height)
  ctx.clip()
  for (const [number, { name, values }] of series.entries()) {
    ctx.fillStyle = resolveColour(element, inks.get(name)?.colour ?? '#888888')
    for (const [at, value] of values.entries()) {
      if (value === null || (scale === 'log' && value <= 0)) continue
      const left = self.valToPos(times[at] ?? 0, 'x', true) - (each * series.length) / 2 + each * number
      const y = self.valToPos(value, 'y', true)
      // A value that is not nothing is at least one pixel high.
      const height = value === 0 ? 0 : Math.max(1, Math.abs(floor - y))
      ctx.fillRect(left, value >= 0 ? floor - height : floor, Math.max(1, each - (each > 3 ? 1 : 0)), height)
    }
  }
  ctx.restore()
}

function drawHeat(self: uPlot, accent: string, { times, series, stepSeconds, scale }: PlotOptions): void {
  const { ctx } = self
  const range = heatRange(series)
  const width = Math.abs(self.valToPos(stepSeconds, 'x', true) - self.valToPos(0, 'x', true))
  const height = self.bbox.height / Math.max(1, series.length)
  ctx.save()
  ctx.fillStyle = accent
  for (const [row, { values }] of series.entries()) {
    const top = self.bbox.top + row * height
    for (const [at, value] of values.entries()) {
      if (value === null) continue
      ctx.globalAlpha = Math.min(1, Math.max(0, heatOf(value, range, scale === 'log')))
      // Whole pixels: where two cells shared one, a seam would be seen.
      const middle = self.valToPos(times[at] ?? 0, 'x', true)
      const left = Math.round(middle - width / 2)
      const right = Math.max(left + 1, Math.round(middle + width / 2))
      ctx.fillRect(left, top + (height > 4 ? 0.5 : 0), right - left, height - (height > 4 ? 1 : 0))
    }
  }
  ctx.restore()
}

function cursorOf(self: uPlot, { kind, series, exemplars }: PlotOptions): PlotCursor | undefined {
  const { idx, left = -1, top = -1 } = self.cursor
  if (idx === null || idx === undefined || left < 0) return undefined
  const row = Math.floor((top / Math.max(1, self.over.clientHeight)) * series.length)
  const focused = kind === 'heatmap' ? (row >= 0 && row < series.length ? row : undefined) : focusOf(self)
  const offset = self.over.offsetLeft
  return {
    index: idx,
    series: focused,
    exemplar: exemplarNear(self, exemplars, left, top),
    left: left + offset,
    top: top + self.over.offsetTop,
    width: self.width,
  }
}

/** The series nearest to the pointer by height at the time under it, within 24 pixels. */
function focusOf(self: uPlot): number | undefined {
  const { idx, top = 0 } = self.cursor
  if (idx === null || idx === undefined) return undefined
  let [nearest, distance] = [-1, 24]
  for (let at = 1; at < self.data.length; at += 1) {
    const value = self.data[at]?.[idx]
    if (value === null || value === undefined) continue
    const away = Math.abs(self.valToPos(value, 'y') - top)
    if (away < distance) [nearest, distance] = [at - 1, away]
  }
  return nearest < 0 ? undefined : nearest
}
