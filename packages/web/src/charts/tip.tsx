import { t } from '../shell/i18n.ts'
import type { ChartSeries } from './frame.ts'
import type { Ink } from './palette.ts'
import type { PlotCursor } from './plot.ts'

/** Values that a tip holds; of more series the greatest are shown. */
const mostValues = 12
const tipWidth = 280

interface TipProps {
  readonly cursor: PlotCursor
  readonly time: string
  readonly series: readonly ChartSeries[]
  /** A heat map speaks of the one cell under the pointer. */
  readonly single: boolean
  readonly inks: ReadonlyMap<string, Ink>
  readonly names: ReadonlyMap<string, string>
  readonly format: (value: number) => string
}

/** The values at the time under the pointer, greatest first. */
export function Tip({ cursor, time, series, single, inks, names, format }: TipProps) {
  const focused = cursor.series === undefined ? undefined : series[cursor.series]
  const values = (single ? (focused === undefined ? [] : [focused]) : series)
    .flatMap((one) => {
      const value = one.values[cursor.index]
      return value === null || value === undefined ? [] : [{ one, value }]
    })
    .sort((a, b) => b.value - a.value)
  const right = cursor.left + tipWidth + 24 > cursor.width
  const left = right ? Math.max(4, cursor.left - tipWidth - 12) : cursor.left + 12
  return (
    <div class="chart-tip" style={{ left: `${left}px`, maxWidth: `${tipWidth}px` }} data-testid="chart-tip">
      <strong>{time}</strong>
      {values.length === 0 ? <span class="hint">{t('charts.noValue')}</span> : null}
      {values.slice(0, mostValues).map(({ one, value }) => (
        <span key={one.name} class={one === focused ? 'tip-value focused' : 'tip-value'}>
          {single ? null : <i class="swatch" style={{ background: inks.get(one.name)?.colour }} />}
          <span class="tip-name">{names.get(one.name) ?? one.name}</span>
          <b>{format(value)}</b>
        </span>
      ))}
      {cursor.exemplar === undefined
        ? null
        : Object.entries(cursor.exemplar.labels).map(([name, value]) => (
            <span key={name} class="tip-value exemplar">
              <span class="tip-name" dir="ltr">{`◆ ${name}=${value}`}</span>
              <b>{format(cursor.exemplar?.value ?? 0)}</b>
            </span>
          ))}
      {values.length > mostValues ? (
        <span class="hint">{t('charts.moreValues', { count: values.length - mostValues })}</span>
      ) : null}
    </div>
  )
}
