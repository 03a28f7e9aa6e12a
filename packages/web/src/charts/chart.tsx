import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { locale } from '../shell/i18n.ts'
import type { ChartProps } from './chart-props.ts'
import { shortNames } from './frame.ts'
import { Legend, SeriesLimit } from './legend.tsx'
import { LegendList } from './legend-list.tsx'
import { inksOf } from './palette.ts'
import { PlotBox } from './plot-box.tsx'
import { type SortKey, sortSeries } from './statistics.ts'
import { Tables } from './tables.tsx'
import { formatValue } from './unit.ts'
import { ValueTiles } from './value-tiles.tsx'
import { type Hidden, nothingHidden } from './visibility.ts'

/** Series drawn at first: more can be told apart by nobody, and each costs time. */
export const seriesLimit = 20

/** One and the same, so that a chart without marks is not drawn anew. */
const none: readonly never[] = []

/** Series of one frame as lines, bars, a stack, a heat map, a table or single values; with legend, hover and zoom. */
export function Chart(props: ChartProps) {
  const { frame, kind, unit, scale, zone, decimals, onZoom, handle, thresholds = none, legend = 'table' } = props
  const hidden = useSignal<Hidden>(nothingHidden)
  const sort = useSignal<SortKey | undefined>(undefined)
  const all = useSignal(false)
  const inks = useMemo(() => inksOf(frame.series), [frame])
  const names = useMemo(() => shortNames(frame.series), [frame])
  // Where no numbers stand beside the names, the order of names holds still while the values change.
  const order = sort.value ?? (legend !== 'table' && frame.series.length <= seriesLimit ? 'name' : 'max')
  const ordered = useMemo(() => sortSeries(frame.series, order), [frame, order])
  const off = hidden.value
  const wanted = all.value ? ordered.length : seriesLimit
  const limited = useMemo(() => ordered.slice(0, wanted), [ordered, wanted])
  const visible = useMemo(() => limited.filter(({ name }) => !off.has(name)), [limited, off])
  const language = locale()
  const format = useMemo(
    () => (value: number) => formatValue(value, unit, language, 4, decimals),
    [unit, language, decimals],
  )

  if (kind === 'table') return <Tables frame={frame} zone={zone} format={format} />
  const left = ordered.length - limited.length
  const showAll = (): void => {
    all.value = true
  }
  const List = legend === 'list' ? LegendList : Legend
  const seriesNames = (
    <List
      series={limited}
      inks={inks}
      names={names}
      hidden={off}
      sort={order}
      left={left}
      format={format}
      onHidden={(next) => {
        hidden.value = next
      }}
      onSort={(next) => {
        sort.value = next
      }}
      onAll={showAll}
    />
  )
  return (
    <div class="chart-and-legend">
      {kind === 'value' ? (
        <ValueTiles series={limited} inks={inks} names={names} format={format} thresholds={thresholds} />
      ) : (
        <PlotBox
          kind={kind}
          scale={kind === 'stacked' ? 'linear' : scale}
          zone={zone}
          times={frame.times}
          stepSeconds={frame.stepSeconds}
          series={visible}
          inks={inks}
          names={names}
          format={format}
          min={props.min}
          max={props.max}
          thresholds={thresholds}
          spans={props.spans ?? none}
          reach={props.reach ?? none}
          exemplars={props.exemplars ?? none}
          crosshair={props.crosshair}
          onZoom={onZoom}
          onPoint={props.onPoint}
          onExemplar={props.onExemplar}
          handle={handle}
        />
      )}
      {kind === 'value' ? (
        <SeriesLimit shown={limited.length} left={left} onAll={showAll} />
      ) : legend === 'none' ? null : (
        seriesNames
      )}
    </div>
  )
}
