import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { formatValue } from '../../charts/unit.ts'
import { SmallButton } from '../../components/small-button.tsx'
import { locale, n, t } from '../../shell/i18n.ts'
import { formatNs } from '../../time/zone.ts'
import { AnswerState } from './answer-state.tsx'
import { type InstantRow, nextOrder, numberOf, orderRows, type RowOrder, tableOf } from './instant-table.ts'
import { openLogs } from './logs-link.ts'
import { measureOf } from './measured.ts'
import { catalogue, instant, metrics } from './model.ts'
import { Notes } from './notes.tsx'
import { NoSeries } from './nothing.tsx'

/** Rows laid out at first: more are for programs. */
const firstRows = 500
/** Samples shown of a series with many. */
const mostSamples = 20

/** A query at the end of the range: one row per series, its labels as columns. */
export function InstantView() {
  const answer = instant.answer.value
  const meta = catalogue.meta.answer.value
  const { zone } = metrics.value
  const order = useSignal<RowOrder | undefined>(undefined)
  const all = useSignal(false)
  const measure = useMemo(() => measureOf(answer?.query ?? '', meta), [answer, meta])
  const table = useMemo(() => (answer === undefined ? undefined : tableOf(answer.value)), [answer])
  const by = order.value
  const rows = useMemo(() => orderRows(table?.rows ?? [], by), [table, by])
  const stale = instant.loading.value || instant.error.value !== undefined
  const head = (column: string, label: string) => (
    <th
      key={column}
      scope="col"
      class={column === '' ? 'number' : 'label'}
      aria-sort={by?.column === column ? (by.descending ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        class="sort-button"
        data-testid={`order-${column}`}
        onClick={() => {
          order.value = nextOrder(by, column)
        }}
      >
        <span dir="ltr">{label}</span>
        <span class="sort-mark" aria-hidden="true">
          {by?.column === column ? (by.descending ? '↓' : '↑') : ''}
        </span>
      </button>
    </th>
  )
  const text = (value: string): string => {
    const number = numberOf(value)
    return Number.isFinite(number) ? formatValue(number * measure.factor, measure.unit, locale(), 6) : value
  }
  return (
    <div class="metric" data-testid="instant">
      <AnswerState asked={instant} />
      {answer === undefined ? null : <Notes warnings={answer.warnings} infos={answer.infos} />}
      {answer === undefined || table === undefined ? null : rows.length === 0 ? (
        <NoSeries query={answer.query} />
      ) : (
        <div class={stale ? 'chart-area dimmed' : 'chart-area'}>
          <p class="hint instant-head">
            {t('metrics.instantAt', { time: formatNs(BigInt(Math.round(answer.timeMs)) * 1_000_000n, zone, 0) })}
            {` · ${t('metrics.rows', { n: rows.length, count: n(rows.length) })}`}
          </p>
          <div class="chart-tables instant-tables">
            <div class="chart-table-box" tabIndex={0} role="region" aria-label={t('metrics.instantTable')}>
              <table>
                <thead>
                  <tr>
                    {table.columns.map((column) => head(column, column === '__name__' ? t('metrics.name') : column))}
                    {head('', t('metrics.value'))}
                    <td />
                  </tr>
                </thead>
                <tbody>
                  {rows.slice(0, all.value ? rows.length : firstRows).map((row, index) => (
                    <tr key={index} data-testid="instant-row">
                      {table.columns.map((column) => (
                        <th key={column} scope="row" dir="ltr">
                          {row.labels[column] ?? ''}
                        </th>
                      ))}
                      <td title={row.values.at(-1)?.text}>
                        {answer.value.type === 'string' ? (
                          row.values[0]?.text
                        ) : (
                          <Values row={row} zone={zone} text={text} />
                        )}
                      </td>
                      <td>
                        {table.columns.length === 0 ? null : (
                          <SmallButton
                            icon="logs"
                            label={t('metrics.logs.one')}
                            testId="row-logs"
                            onClick={() => void openLogs([row.labels])}
                          />
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </div>
          {all.value || rows.length <= firstRows ? null : (
            <button
              type="button"
              class="link-button"
              data-testid="all-rows"
              onClick={() => {
                all.value = true
              }}
            >
              {t('metrics.allRows', { count: n(rows.length) })}
            </button>
          )}
        </div>
      )}
    </div>
  )
}

interface ValuesProps {
  readonly row: InstantRow
  readonly zone: string
  readonly text: (value: string) => string
}

/** One value, or the newest samples of a series with their times. */
function Values({ row, zone, text }: ValuesProps) {
  const [only] = row.values
  if (row.values.length === 1 && only !== undefined) return <>{text(only.text)}</>
  const newest = row.values.slice(-mostSamples)
  return (
    <ul class="samples">
      {row.values.length > newest.length ? (
        <li class="dim">{t('metrics.olderSamples', { count: n(row.values.length - newest.length) })}</li>
      ) : null}
      {newest.map((one) => (
        <li key={one.seconds}>
          {text(one.text)}{' '}
          <span class="dim">{formatNs(BigInt(Math.round(one.seconds * 1000)) * 1_000_000n, zone, 3)}</span>
        </li>
      ))}
    </ul>
  )
}
