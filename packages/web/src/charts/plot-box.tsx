import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { n, t } from '../shell/i18n.ts'
import { theme } from '../shell/theme.ts'
import type { ChartHandle, ChartProps } from './chart-props.ts'
import { heatRange, heatRows } from './heat.ts'
import { drawPlot, type Plot, type PlotCursor, type PlotOptions } from './plot.ts'
import { timeText } from './tables.tsx'
import { Tip } from './tip.tsx'

interface PlotBoxProps extends Omit<PlotOptions, 'onCursor' | 'onZoom' | 'onClick'> {
  readonly onZoom: ChartProps['onZoom']
  readonly onPoint: ChartProps['onPoint']
  readonly onExemplar: ChartProps['onExemplar']
  readonly handle: { current: ChartHandle | undefined } | undefined
}

/**
 * The drawing with its tip. By keyboard: arrow keys move through the times, Enter marks one end and then the other of
 * the time to zoom into, Escape takes the mark back.
 */
export function PlotBox(props: PlotBoxProps) {
  const { kind, scale, zone, times, stepSeconds, inks, names, format, onZoom, onPoint, handle } = props
  const { min, max, thresholds, spans, reach, exemplars, crosshair } = props
  const series = useMemo(
    () => (kind === 'heatmap' ? heatRows(props.series, ({ name }) => names.get(name) ?? name) : props.series),
    [kind, props.series, names],
  )
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot | undefined>(undefined)
  const cursor = useSignal<PlotCursor | undefined>(undefined)
  /** Time in seconds, so that it stays where it is when newer samples move the others. */
  const mark = useSignal<number | undefined>(undefined)
  /** The time that the cursor was on when the drawing was replaced. */
  const held = useRef<number | undefined>(undefined)
  const heard = useRef(props)
  heard.current = props
  const drawnTheme = theme.value

  const choose = (at: PlotCursor, clientX: number, clientY: number): void => {
    const time = times[at.index]
    const near = at.series === undefined ? undefined : series[at.series]
    if (time !== undefined) heard.current.onPoint?.({ time, series: near, clientX, clientY })
  }

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const drawn = drawPlot(element, {
      ...{ kind, scale, zone, times, stepSeconds, series, inks, names, format },
      ...{ min, max, thresholds, spans, reach, exemplars, crosshair },
      onCursor: (at) => {
        cursor.value = at
      },
      onZoom: (from, to) => heard.current.onZoom?.(from * 1000, to * 1000),
      onClick: (at, { clientX, clientY }) => {
        if (at.exemplar !== undefined && heard.current.onExemplar !== undefined) heard.current.onExemplar(at.exemplar)
        else choose(at, clientX, clientY)
      },
    })
    plot.current = drawn
    const marked = mark.peek()
    if (marked !== undefined && !within(times, marked)) mark.value = undefined
    const kept = held.current
    held.current = undefined
    // Who reads by keyboard stays at the same time; the drawing has its places after this turn.
    if (kept !== undefined && within(times, kept) && document.activeElement === element) {
      queueMicrotask(() => {
        if (plot.current === drawn) drawn.point(nearest(times, kept))
      })
    }
    if (handle !== undefined) {
      handle.current = { picture: (title) => drawn.picture(title) }
    }
    return () => {
      const at = cursor.peek()
      held.current = at === undefined ? undefined : times[at.index]
      cursor.value = undefined
      plot.current = undefined
      if (handle !== undefined) handle.current = undefined
      drawn.destroy()
    }
  }, [
    ...[kind, scale, zone, times, stepSeconds, series, inks, names, format, drawnTheme, handle],
    ...[min, max, thresholds, spans, reach, exemplars, crosshair],
  ])

  const keys = (event: KeyboardEvent): void => {
    const at = cursor.peek()?.index
    const last = times.length - 1
    const move: Readonly<Record<string, number>> = {
      ArrowRight: Math.min(last, (at ?? -1) + 1),
      ArrowLeft: Math.max(0, (at ?? last + 1) - 1),
      Home: 0,
      End: last,
    }
    const to = move[event.key]
    if (to !== undefined) plot.current?.point(to)
    else if (event.key === 'Enter' && at !== undefined) {
      const [from, here = 0] = [mark.peek(), times[at]]
      if (from === undefined) mark.value = here
      else {
        mark.value = undefined
        const [start, end] = [Math.min(from, here), Math.max(from, here)]
        if (end > start) onZoom?.(start * 1000, end * 1000)
      }
    } else if (event.key === ' ' && cursor.peek() !== undefined && onPoint !== undefined) {
      const place = box.current?.getBoundingClientRect()
      const shown = cursor.peek()
      if (shown !== undefined) choose(shown, (place?.left ?? 0) + shown.left, (place?.top ?? 0) + shown.top)
    } else if (event.key === 'Escape' && mark.peek() !== undefined) mark.value = undefined
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const at = cursor.value
  const time = at === undefined ? '' : timeText(times[at.index] ?? 0, zone)
  const marked = mark.value === undefined ? '' : t('charts.marked', { time: timeText(mark.value, zone) })
  const heat = kind === 'heatmap' ? heatRange(series) : undefined
  return (
    <div class="plot-frame">
      <div
        ref={box}
        class="plot"
        role="img"
        tabIndex={0}
        aria-label={`${t('charts.keys', { count: n(series.length) })} ${onPoint === undefined ? '' : t('charts.pointKey')} ${spoken(time, at, series, names, format)}`}
        data-testid="plot"
        data-kind={kind}
        onKeyDown={keys}
        onBlur={() => plot.current?.point(undefined)}
      />
      {at === undefined ? null : (
        <Tip
          cursor={at}
          time={time}
          series={series}
          single={kind === 'heatmap'}
          inks={inks}
          names={names}
          format={format}
        />
      )}
      {heat === undefined ? null : (
        <p class="heat-scale">
          <span>{format(Math.min(0, heat.min))}</span>
          <span class="heat-bar" aria-hidden="true" />
          <span>{format(heat.max)}</span>
        </p>
      )}
      {series.length === 0 ? <p class="plot-note">{t('charts.allHidden')}</p> : null}
      {marked === '' ? null : (
        <p class="plot-note" role="status">
          {marked}
        </p>
      )}
    </div>
  )
}

const within = (times: readonly number[], time: number): boolean =>
  time >= (times[0] ?? Number.POSITIVE_INFINITY) && time <= (times.at(-1) ?? Number.NEGATIVE_INFINITY)

/** Index of the time that lies nearest. */
function nearest(times: readonly number[], time: number): number {
  const after = times.findIndex((one) => one >= time)
  const [before = time, next = time] = [times[after - 1], times[after]]
  return after > 0 && time - before < next - time ? after - 1 : Math.max(0, after)
}

/** The greatest three values at the cursor, for those who hear the chart. */
function spoken(
  time: string,
  at: PlotCursor | undefined,
  series: PlotOptions['series'],
  names: PlotOptions['names'],
  format: PlotOptions['format'],
): string {
  if (at === undefined) return ''
  const values = series
    .flatMap(({ name, values: row }) => {
      const value = row[at.index]
      return value === null || value === undefined ? [] : [{ name, value }]
    })
    .sort((a, b) => b.value - a.value)
    .slice(0, 3)
  return `${time}: ${values.map(({ name, value }) => `${names.get(name) ?? name} ${format(value)}`).join(', ')}`
}
