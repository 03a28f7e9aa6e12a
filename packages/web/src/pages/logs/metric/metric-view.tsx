import { useEffect, useRef } from 'preact/hooks'
import { Button } from '../../../components/button.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { theme } from '../../../shell/theme.ts'
import { logs, metric, run } from '../model/explorer.ts'
import { QueryFault } from '../rows/query-fault.tsx'
import { seriesColours, seriesName } from './series.ts'

/** The answer of a metric query: a chart and the newest value of each series. */
export function MetricView() {
  const box = useRef<HTMLDivElement>(null)
  const answer = metric.answer.value
  const { zone, query } = logs.value
  const drawnTheme = theme.value

  useEffect(() => {
    const element = box.current
    if (element === null || answer === undefined || answer.series.length === 0) return
    let destroy = (): void => {}
    let gone = false
    void import('./chart.ts').then(({ drawChart }) => {
      if (!gone) destroy = drawChart(element, answer, zone)
    })
    return () => {
      gone = true
      destroy()
    }
  }, [answer, zone, drawnTheme])

  return (
    <div class="metric" data-testid="metric">
      {metric.error.value === undefined ? null : <QueryFault error={metric.error.value} query={query} onRetry={run} />}
      {metric.loading.value ? (
        <div class="notice busy" role="status">
          <div class="progress" aria-hidden="true" />
          <p>{t('metric.loading')}</p>
          <Button label={t('action.cancel')} onClick={() => metric.cancel()} />
        </div>
      ) : null}
      {answer !== undefined && answer.series.length === 0 ? (
        <div class="empty">
          <h2>{t('metric.none')}</h2>
          <p>{t('metric.noneHint')}</p>
        </div>
      ) : null}
      <div
        ref={box}
        class={metric.loading.value ? 'chart dimmed' : 'chart'}
        role="img"
        aria-label={t('metric.chart')}
      />
      {answer === undefined || answer.series.length === 0 ? null : (
        <div class="series-table">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('metric.series', { count: n(answer.series.length) })}</th>
                <th scope="col">{t('metric.last')}</th>
                <th scope="col">{t('metric.max')}</th>
              </tr>
            </thead>
            <tbody>
              {answer.series.map((series, index) => {
                const values = series.values.map(([, value]) => Number(value))
                return (
                  <tr key={seriesName(series.metric)}>
                    <th scope="row">
                      <i class="swatch" style={{ background: seriesColours[index % seriesColours.length] }} />
                      {seriesName(series.metric)}
                    </th>
                    <td>{n(values.at(-1) ?? 0, 3)}</td>
                    <td>{n(Math.max(...values), 3)}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}
