import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Button } from '../../../components/button.tsx'
import { Icon } from '../../../components/icon.tsx'
import { SearchField } from '../../../components/search-field.tsx'
import { Progress } from '../../../explore/progress.tsx'
import { QueryFault } from '../../../explore/query-fault.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { LinesWanted } from '../lines-wanted.tsx'
import { change, kind, logs, range, rewrite, run } from '../model/explorer.ts'
import { BadRange } from '../rows/bad-range.tsx'
import { oneLine } from '../rows/visible-text.ts'
import { zoomTimeOut } from '../toolbar/time-control.tsx'
import { found, loadPatterns } from './pattern-data.ts'
import { dropPattern, patternFilters } from './pattern-filter.ts'
import { listPatterns, type PatternOrder } from './pattern-list.ts'
import { PatternRow } from './pattern-row.tsx'

/** Rows drawn at first, and more by each press of the button. */
const rowsAtOnce = 200

const columns: readonly { readonly order: PatternOrder; readonly class: string }[] = [
  { order: 'level', class: 'pattern-level' },
  { order: 'text', class: '' },
  { order: 'count', class: 'number' },
  { order: 'trend', class: 'pattern-trend' },
]

/** The shapes that the lines of the query have: how often, when, and buttons that filter by them. */
export function PatternsView() {
  const shown = range.value
  const { query } = logs.value
  useEffect(() => {
    if (shown !== undefined && kind.peek() === 'log') void loadPatterns(query, shown)
    return () => found.cancel()
  }, [shown, query])
  if (shown === undefined) return <BadRange />
  if (kind.value === 'metric') return <LinesWanted />
  const error = found.error.value
  return (
    <div class="patterns" data-testid="patterns" aria-busy={found.loading.value}>
      {found.loading.value ? <Progress startedMs={found.startedMs} onCancel={() => found.cancel()} /> : null}
      {error === undefined ? null : <QueryFault error={error} query={query} onRetry={run} />}
      {found.cancelled.value ? (
        <div class="notice">
          <p>{t('state.cancelled')}</p>
          <Button icon="play" label={t('query.run')} onClick={run} />
        </div>
      ) : null}
      <FilterChips query={query} />
      <PatternTable />
    </div>
  )
}

/** The patterns that the query filters by: each can be taken back. */
function FilterChips({ query }: { readonly query: string }) {
  const filters = patternFilters(query)
  if (filters.length === 0) return null
  return (
    <ul class="pattern-chips" aria-label={t('patterns.filters')}>
      {filters.map((filter) => {
        const text = oneLine(filter.pattern)
        const words = filter.op === '|>' ? t('patterns.onlyShort') : t('patterns.hiddenShort')
        return (
          <li key={filter.op + filter.pattern}>
            <button
              type="button"
              class="chip"
              title={t('patterns.undo', { pattern: text })}
              aria-label={t('patterns.undo', { pattern: text })}
              data-testid="pattern-undo"
              onClick={() => rewrite(dropPattern(query, filter))}
            >
              <span class="dim">{words}</span>
              <span class="chip-text">{text}</span>
              <Icon name="close" size={12} />
            </button>
          </li>
        )
      })}
    </ul>
  )
}

function PatternTable() {
  const wanted = useSignal('')
  const order = useSignal<PatternOrder>('count')
  const limit = useSignal(rowsAtOnce)
  const data = found.answer.value
  if (data === undefined) return null
  const { answer, range: at } = data
  if (answer.totalLines === 0) return <NoPatterns />
  const span = { startMs: Number(at.from / 1_000_000n), endMs: Number(at.to / 1_000_000n) }
  const rows = listPatterns(answer.patterns, wanted.value, order.value, span)
  const sampled = answer.sampledLines < answer.totalLines
  const counts = {
    n: answer.patterns.length,
    count: n(answer.patterns.length),
    lines: n(answer.totalLines),
    sampled: n(answer.sampledLines),
  }
  return (
    <div class={found.loading.value ? 'dimmed' : undefined}>
      <div class="view-head">
        <p>
          <strong>{t('patterns.summary', counts)}</strong>{' '}
          <span class="hint">{sampled ? t('patterns.sampled', counts) : t('patterns.exact')}</span>
        </p>
        <span class="spring" />
        <SearchField label={t('patterns.search')} text={wanted} testId="pattern-search" />
      </div>
      {rows.length === 0 ? (
        <div class="view-message">
          <p>{t('patterns.noneFound', { text: wanted.value.trim() })}</p>
          <Button
            label={t('patterns.clearSearch')}
            onClick={() => {
              wanted.value = ''
            }}
          />
        </div>
      ) : (
        <table class="pattern-table">
          <thead>
            <tr>
              <th scope="col" class="pattern-open" aria-label={t('patterns.examples')} />
              {columns.map((column) => (
                <th
                  key={column.order}
                  scope="col"
                  class={column.class}
                  aria-sort={
                    order.value !== column.order ? 'none' : column.order === 'text' ? 'ascending' : 'descending'
                  }
                >
                  <button
                    type="button"
                    class="sort-button"
                    aria-pressed={order.value === column.order}
                    title={t('patterns.sortBy', { name: t(`patterns.column.${column.order}`) })}
                    data-testid={`pattern-sort-${column.order}`}
                    onClick={() => {
                      order.value = column.order
                    }}
                  >
                    {t(`patterns.column.${column.order}`)}
                    {order.value === column.order ? <Icon name="sortDown" size={13} /> : null}
                  </button>
                </th>
              ))}
              <th scope="col" class="pattern-actions" aria-label={t('patterns.actions')} />
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, limit.value).map((pattern) => (
              <PatternRow key={`${pattern.level} ${pattern.pattern}`} pattern={pattern} from={data} span={span} />
            ))}
          </tbody>
        </table>
      )}
      {rows.length > limit.value ? (
        <div class="view-message">
          <Button
            label={t('patterns.more', { count: n(rows.length - limit.value) })}
            onClick={() => {
              limit.value += rowsAtOnce
            }}
          />
        </div>
      ) : null}
    </div>
  )
}

function NoPatterns() {
  return (
    <div class="view-message" data-testid="patterns-empty">
      <h2>{t('patterns.none')}</h2>
      <p>{t('patterns.noneHint')}</p>
      <div class="notice-actions">
        <Button kind="primary" icon="zoomOut" label={t('time.zoomOut')} onClick={zoomTimeOut} />
        <Button icon="logs" label={t('patterns.toLogs')} onClick={() => change({ view: 'logs' })} />
      </div>
    </div>
  )
}
