import { SmallButton } from '../components/small-button.tsx'
import { n, t } from '../shell/i18n.ts'
import type { ChartSeries } from './frame.ts'
import type { Ink } from './palette.ts'
import { type SortKey, summaryOf } from './statistics.ts'
import { type Hidden, isolate, toggle } from './visibility.ts'

export interface LegendProps {
  /** Those on the chart, in order; those switched off among them. */
  readonly series: readonly ChartSeries[]
  readonly inks: ReadonlyMap<string, Ink>
  readonly names: ReadonlyMap<string, string>
  readonly hidden: Hidden
  readonly sort: SortKey
  /** Series that the limit leaves out. */
  readonly left: number
  readonly format: (value: number) => string
  readonly onHidden: (hidden: Hidden) => void
  readonly onSort: (sort: SortKey) => void
  readonly onAll: () => void
}

const numbers: readonly Exclude<SortKey, 'name'>[] = ['last', 'max', 'avg']

/** The series with their colours and numbers: a click switches one off, the ring beside it leaves it alone. */
export function Legend(props: LegendProps) {
  const { series, inks, names, hidden, sort, left, format } = props
  const all = series.map(({ name }) => name)
  const heading = (key: SortKey, label: string) => (
    <th scope="col" aria-sort={sort === key ? (key === 'name' ? 'ascending' : 'descending') : undefined}>
      <button type="button" class="sort-button" data-testid={`sort-${key}`} onClick={() => props.onSort(key)}>
        {label}
        <span class="sort-mark" aria-hidden="true">
          {sort === key ? (key === 'name' ? '↑' : '↓') : ''}
        </span>
      </button>
    </th>
  )
  return (
    <div class="chart-legend" role="region" aria-label={t('charts.legend')} tabIndex={0} data-testid="legend">
      <SeriesLimit shown={series.length} left={left} onAll={props.onAll} />
      <table>
        <thead>
          <tr>
            {heading('name', t('charts.series', { count: n(series.length + left) }))}
            {numbers.map((key) => heading(key, t(`charts.${key}`)))}
          </tr>
        </thead>
        <tbody>
          {series.map((one) => {
            const summary = summaryOf(one)
            const name = names.get(one.name) ?? one.name
            const off = hidden.has(one.name)
            return (
              <tr key={one.name} class={off ? 'off' : ''}>
                <th scope="row">
                  <span class="legend-name">
                    <button
                      type="button"
                      class="legend-toggle"
                      aria-pressed={!off}
                      title={one.name}
                      data-testid="legend-toggle"
                      onClick={(event) => {
                        const next = event.shiftKey || event.ctrlKey || event.metaKey ? isolate : toggle
                        props.onHidden(next(hidden, one.name, all))
                      }}
                    >
                      <i class="swatch" style={{ background: off ? 'transparent' : inks.get(one.name)?.colour }} />
                      <span dir="ltr">{name}</span>
                    </button>
                    {one.odd === 0 ? null : (
                      <span class="legend-odd" title={t('charts.odd', { n: one.odd, count: n(one.odd) })}>
                        {'NaN'}
                      </span>
                    )}
                    <SmallButton
                      icon="only"
                      label={t('charts.isolate', { name })}
                      testId="legend-only"
                      onClick={() => props.onHidden(isolate(hidden, one.name, all))}
                    />
                  </span>
                </th>
                {numbers.map((key) => (
                  <td key={key}>{summary[key] === undefined ? '–' : format(summary[key])}</td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

interface SeriesLimitProps {
  readonly shown: number
  readonly left: number
  readonly onAll: () => void
}

/** Says that not all series are drawn, and draws them when asked. */
export function SeriesLimit({ shown, left, onAll }: SeriesLimitProps) {
  if (left === 0) return null
  return (
    <p class="legend-more">
      {t('charts.limited', { shown: n(shown), count: n(shown + left) })}
      <button type="button" class="link-button" data-testid="show-all" onClick={onAll}>
        {t('charts.showAll')}
      </button>
    </p>
  )
}
