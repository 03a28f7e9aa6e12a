import { useEffect, useMemo } from 'preact/hooks'
import type { Labels } from '../../api/entry.ts'
import { fetchSeriesLabels } from '../../api/prometheus.ts'
import { SmallButton } from '../../components/small-button.tsx'
import { Latest } from '../../explore/latest.ts'
import { withMatcher } from '../../promql/rewrite.ts'
import { selectorText } from '../../promql/selector-text.ts'
import { n, t } from '../../shell/i18n.ts'
import { countLabels, type LabelCount } from './label-counts.ts'
import { catalogue, metrics, rewrite } from './model.ts'

/** Series that labels are counted in. */
const mostSeries = 5000
/** Values listed of a label. */
const mostValues = 30

/** How many series a metric has, and their labels with values; a click narrows the query to one. */
export function SeriesLabels({ metric }: { readonly metric: string }) {
  const asked = useMemo(() => new Latest<readonly Labels[]>(), [metric])
  const listed = catalogue.answer.value
  useEffect(() => {
    if (listed === undefined) return
    const { startMs, endMs } = listed
    const scope = { match: selectorText(metric, []), startMs, endMs, limit: mostSeries }
    void asked.ask((signal) => fetchSeriesLabels(scope, signal))
    return () => asked.cancel()
  }, [asked, listed, metric])
  const series = asked.answer.value
  const labels = useMemo(() => countLabels(series ?? []), [series])
  if (asked.error.value !== undefined) {
    return <p class="hint">{t('metrics.labelsFailed', { reason: asked.error.value.message })}</p>
  }
  if (series === undefined) return <p class="hint">{t('metrics.list.loading')}</p>
  const count = n(series.length)
  return (
    <>
      <p class="hint" data-testid={`series-${metric}`}>
        {t('metrics.seriesCount', {
          n: series.length,
          count: series.length < mostSeries ? count : t('metrics.list.least', { count }),
        })}
      </p>
      {labels.map((label) => (
        <Label key={label.name} metric={metric} label={label} />
      ))}
    </>
  )
}

function Label({ metric, label: { name, values } }: { readonly metric: string; readonly label: LabelCount }) {
  const narrow = (op: '=' | '!=', value: string): void =>
    rewrite(withMatcher(metrics.peek().query, metric, { name, op, value }))
  return (
    <details class="label-item" data-testid={`label-${name}`}>
      <summary>
        <span class="field-item-name" dir="ltr">
          {name}
        </span>
        <span class="field-item-count">{n(values.length)}</span>
      </summary>
      {values.slice(0, mostValues).map(({ value, count }) => (
        <div key={value} class="label-value">
          <button
            type="button"
            class="top-value-text narrow-value"
            dir="ltr"
            title={t('metrics.narrow', { name, value })}
            data-testid={`narrow-${name}-${value}`}
            onClick={() => narrow('=', value)}
          >
            {value === '' ? t('fields.empty') : value}
          </button>
          <span class="top-value-count">{n(count)}</span>
          <SmallButton icon="minus" label={t('metrics.without', { name, value })} onClick={() => narrow('!=', value)} />
        </div>
      ))}
      {values.length > mostValues ? (
        <p class="hint">{t('metrics.moreValues', { count: n(values.length - mostValues) })}</p>
      ) : null}
    </details>
  )
}
