import { useSignal } from '@preact/signals'
import { n, t } from '../shell/i18n.ts'
import { formatNs } from '../time/zone.ts'
import type { ChartFrame, ChartSeries } from './frame.ts'
import { type SortKey, sortSeries, summaryOf } from './statistics.ts'

/** Rows that the table of points holds; a page of more would be too much to read and to lay out. */
const mostPoints = 1_000

interface TablesProps {
  readonly frame: ChartFrame
  readonly zone: string
  readonly format: (value: number) => string
}

export function timeText(seconds: number, zone: string): string {
  return formatNs(BigInt(Math.round(seconds * 1000)) * 1_000_000n, zone, 0)
}

/** The series in numbers: one row each, or one row for each time. */
export function Tables({ frame, zone, format }: TablesProps) {
  const points = useSignal(false)
  return (
    <div class="chart-tables" data-testid="chart-table">
      <div class="segments" role="group" aria-label={t('charts.tableOf')}>
        {[false, true].map((one) => (
          <button
            key={String(one)}
            type="button"
            class="segment"
            aria-pressed={points.value === one}
            data-testid={one ? 'table-points' : 'table-series'}
            onClick={() => {
              points.value = one
            }}
          >
            {one ? t('charts.byTime') : t('charts.bySeries')}
          </button>
        ))}
      </div>
      <div class="chart-table-box" tabIndex={0} role="region" aria-label={t('charts.table')}>
        {points.value ? (
          <PointTable frame={frame} zone={zone} format={format} />
        ) : (
          <SeriesTable series={frame.series} format={format} />
        )}
      </div>
    </div>
  )
}

const columns: readonly Exclude<SortKey, 'name'>[] = ['last', 'max', 'avg']

function SeriesTable({
  series,
  format,
}: {
  readonly series: readonly ChartSeries[]
  readonly format: TablesProps['format']
}) {
  const sort = useSignal<SortKey>('last')
  const labels = [...new Set(series.flatMap((one) => Object.keys(one.labels)))].sort()
  const value = (number: number | undefined): string => (number === undefined ? '–' : format(number))
  return (
    <table>
      <thead>
        <tr>
          {labels.length === 0 ? (
            <th scope="col" class="label">
              {t('charts.name')}
            </th>
          ) : null}
          {labels.map((label) => (
            <th key={label} scope="col" class="label">
              {label}
            </th>
          ))}
          {columns.map((key) => (
            <th key={key} scope="col" aria-sort={sort.value === key ? 'descending' : undefined}>
              <button
                type="button"
                class="sort-button"
                onClick={() => {
                  sort.value = key
                }}
              >
                {t(`charts.${key}`)}
                <span class="sort-mark" aria-hidden="true">
                  {sort.value === key ? '↓' : ''}
                </span>
              </button>
            </th>
          ))}
          <th scope="col">{t('charts.min')}</th>
        </tr>
      </thead>
      <tbody>
        {sortSeries(series, sort.value).map((one) => {
          const summary = summaryOf(one)
          return (
            <tr key={one.name}>
              {labels.length === 0 ? <th scope="row">{one.name}</th> : null}
              {labels.map((label) => (
                <th key={label} scope="row" dir="ltr">
                  {one.labels[label] ?? ''}
                </th>
              ))}
              {columns.map((key) => (
                <td key={key}>{value(summary[key])}</td>
              ))}
              <td>{value(summary.min)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function PointTable({ frame, zone, format }: TablesProps) {
  const { times, series } = frame
  const from = Math.max(0, times.length - mostPoints)
  return (
    <>
      {from > 0 ? <p class="hint">{t('charts.newestTimes', { count: n(mostPoints) })}</p> : null}
      <table>
        <thead>
          <tr>
            <th scope="col" class="label">
              {t('charts.time')}
            </th>
            {series.map(({ name }) => (
              <th key={name} scope="col" dir="ltr">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.slice(from).map((time, offset) => (
            <tr key={time}>
              <th scope="row">{timeText(time, zone)}</th>
              {series.map(({ name, values }) => {
                const value = values[from + offset]
                return <td key={name}>{value === null || value === undefined ? '' : format(value)}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
