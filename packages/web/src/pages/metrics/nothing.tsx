import { Button } from '../../components/button.tsx'
import { metricOf, selectorsIn, withMetric } from '../../promql/rewrite.ts'
import { t } from '../../shell/i18n.ts'
import { catalogue, change, metrics, rewrite } from './model.ts'
import { nearNames } from './near-names.ts'
import { Start } from './start.tsx'

/** A query without an answer: there is nothing at all, its metric is not there, or its labels match nothing. */
export function NoSeries({ query }: { readonly query: string }) {
  const listed = catalogue.answer.value
  if (listed !== undefined && listed.names.length === 0 && listed.match === '') return <Start />
  const known = new Set(listed?.names)
  const missing =
    listed === undefined || listed.match !== ''
      ? undefined
      : selectorsIn(query)
          .map(metricOf)
          .find((name) => name !== undefined && !known.has(name))
  const near = missing === undefined ? [] : nearNames(missing, listed?.names ?? [])
  return (
    <div class="empty" data-testid="no-series">
      <h2>{missing === undefined ? t('metrics.none') : t('metrics.noMetric', { name: missing })}</h2>
      <p>
        {missing === undefined
          ? t('metrics.noneHint')
          : near.length > 0
            ? t('metrics.near')
            : t('metrics.noMetricHint')}
      </p>
      {near.map((name) => (
        <Button
          key={name}
          label={name}
          testId="near"
          onClick={() => rewrite(withMetric(query, missing ?? name, name))}
        />
      ))}
      {metrics.value.from === 'now-1d' ? null : (
        <Button icon="clock" label={t('metrics.widen')} onClick={() => change({ from: 'now-1d', to: 'now' })} />
      )}
    </div>
  )
}
