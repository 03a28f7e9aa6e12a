import type { BackTestResponse, RuleLanguage } from '@girok/server/contract'
import { useMemo } from 'preact/hooks'
import { Chart } from '../../../charts/chart.tsx'
import type { Threshold } from '../../../charts/chart-props.ts'
import { n, t } from '../../../shell/i18n.ts'
import { LabelList } from '../../targets/label-list.tsx'
import { durationText } from '../parts/duration-text.ts'
import { fullTime } from '../parts/full-time.ts'
import { barOfAlert, frameOfTest, spansOfTest } from './back-test-frame.ts'
import { measureOfRule } from './measure.ts'

/** Bars of alerts that are drawn; the server gives those that fired longest first. */
const barsShown = 20

interface BackTestViewProps {
  readonly test: BackTestResponse
  readonly language: RuleLanguage
  readonly query: string
  readonly onZoom?: (fromMs: number, toMs: number) => void
}

/**
 * What a rule would have done: in words, its query against the threshold, and when each alert was pending and fired; or the
 * series that a recording rule would have written.
 */
export function BackTestView({ test, language, query, onZoom }: BackTestViewProps) {
  const frame = useMemo(() => frameOfTest(test), [test])
  const spans = useMemo(() => spansOfTest(test.alerts), [test])
  const { threshold, alerts } = test
  const limits = useMemo(
    (): readonly Threshold[] => (threshold === undefined ? [] : [{ value: threshold.value, colour: 'error' }]),
    [threshold],
  )
  const reach = useMemo(() => limits.map(({ value }) => value), [limits])
  const measure = useMemo(() => measureOfRule(language, query), [language, query])
  const shown = alerts.slice(0, barsShown)
  return (
    <div class="back-test" data-testid="back-test">
      <p class="back-test-words" role="status" data-testid="back-test-words">
        {wordsOf(test)}{' '}
        {threshold === undefined ? null : (
          <span class="dim">
            {t('alerts.test.threshold')} <code>{`${threshold.op} ${threshold.value}`}</code>
          </span>
        )}
      </p>
      <Failures failures={test.failures} />
      {frame === undefined || frame.series.length === 0 ? (
        <p class="dim">{t(frame === undefined ? 'alerts.test.noValues' : 'alerts.test.empty')}</p>
      ) : (
        <div class="back-test-chart">
          <Chart
            frame={frame}
            kind="line"
            unit={measure}
            scale="linear"
            zone="local"
            thresholds={limits}
            spans={spans}
            reach={reach}
            legend="list"
            {...(onZoom === undefined ? {} : { onZoom })}
          />
        </div>
      )}
      {shown.length === 0 ? null : (
        <ul class="test-bars" aria-label={t('alerts.test.alerts')}>
          {shown.map((alert) => (
            <li key={JSON.stringify(alert.labels)} data-testid="test-alert">
              <LabelList labels={alert.labels} />
              <Bar test={test} alert={alert} />
            </li>
          ))}
        </ul>
      )}
      {alerts.length > shown.length ? (
        <p class="dim">{t('alerts.test.more', { count: n(alerts.length - shown.length) })}</p>
      ) : null}
    </div>
  )
}

function wordsOf({ recorded, fired, firingMs, evaluations }: BackTestResponse): string {
  if (recorded !== undefined) {
    const { samples, seriesFound } = recorded
    return t('alerts.test.recorded', {
      samples: n(samples),
      n: samples,
      series: n(seriesFound),
      evaluations: n(evaluations),
    })
  }
  if (fired === 0) return t('alerts.test.never', { evaluations: n(evaluations) })
  return t('alerts.test.fired', { count: n(fired), n: fired, time: durationText(firingMs) })
}

/** Evaluations that failed change nothing, so that what is drawn says nothing of them. */
function Failures({ failures: { count, first } }: Pick<BackTestResponse, 'failures'>) {
  const [failure] = first
  if (failure === undefined) return null
  const time = fullTime(new Date(failure.atMs).toISOString())
  return (
    <p class="fault fault-text" data-testid="back-test-failures">
      {t('alerts.test.failed', { count: n(count), n: count, time, error: failure.error })}
    </p>
  )
}

function Bar({ test, alert }: { readonly test: BackTestResponse; readonly alert: BackTestResponse['alerts'][number] }) {
  const firing = alert.spans.filter(({ state }) => state === 'firing')
  const length = firing.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0)
  const words = t('alerts.test.bar', { count: n(firing.length), n: firing.length, time: durationText(length) })
  return (
    <svg class="test-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label={words}>
      <title>{words}</title>
      {barOfAlert(alert, test).map(({ state, left, width }) => (
        <rect key={`${state} ${left}`} class={state} x={left * 1000} y="0" width={width * 1000} height="10" />
      ))}
    </svg>
  )
}
