import { useMemo, useRef } from 'preact/hooks'
import { Chart } from '../../../charts/chart.tsx'
import type { ChartHandle } from '../../../charts/chart-props.ts'
import { ChartTools } from '../../../charts/chart-tools.tsx'
import { copyCsv, copyPicture } from '../../../charts/copy-chart.ts'
import { frameOf } from '../../../charts/frame.ts'
import { measureOfQuery } from '../../../charts/unit-of-query.ts'
import { Button } from '../../../components/button.tsx'
import { toast } from '../../../components/toast.tsx'
import { Progress } from '../../../explore/progress.tsx'
import { QueryFault } from '../../../explore/query-fault.tsx'
import { t } from '../../../shell/i18n.ts'
import { isoOf } from '../../../time/range.ts'
import { AddButton } from '../../dashboards/edit/panel/add-button.tsx'
import { change, logs, metric, rewrite, run } from '../model/explorer.ts'

/** The answer of a metric query, drawn as the address says. */
export function MetricView() {
  const answer = metric.answer.value
  const loading = metric.loading.value
  const { zone, query, chart, scale } = logs.value
  const handle = useRef<ChartHandle | undefined>(undefined)
  // The unit belongs to the query that was answered, which stays on screen while the next one is calculated.
  const measure = useMemo(() => measureOfQuery(answer?.query ?? ''), [answer])
  const frame = useMemo(() => {
    if (answer === undefined) return undefined
    const drawn = frameOf(answer.series, answer.startMs, answer.endMs, answer.stepMs)
    if (measure.factor === 1) return drawn
    const scaled = (value: number | null): number | null => (value === null ? null : value * measure.factor)
    return { ...drawn, series: drawn.series.map((one) => ({ ...one, values: one.values.map(scaled) })) }
  }, [answer, measure])

  return (
    <div class="metric" data-testid="metric">
      {metric.error.value === undefined ? null : <QueryFault error={metric.error.value} query={query} onRetry={run} />}
      {loading ? <Progress startedMs={metric.startedMs} onCancel={() => metric.cancel()} /> : null}
      {frame === undefined ? null : frame.series.length === 0 ? (
        <NoSeries />
      ) : (
        <>
          <ChartTools
            kind={chart}
            scale={scale}
            onKind={(next) => change({ chart: next }, true)}
            onScale={(next) => change({ scale: next }, true)}
            onPicture={() => {
              const picture = handle.current?.picture(answer?.query ?? '')
              if (picture !== undefined) void copyPicture(picture)
            }}
            onCsv={() => void copyCsv(frame)}
          >
            <AddButton language="logql" expr={answer?.query ?? ''} kind={chart} />
          </ChartTools>
          <div class={loading ? 'chart-area dimmed' : 'chart-area'}>
            <Chart
              frame={frame}
              kind={chart}
              unit={measure.unit}
              scale={scale}
              zone={zone}
              onZoom={zoomTo}
              handle={handle}
            />
          </div>
        </>
      )}
    </div>
  )
}

function zoomTo(fromMs: number, toMs: number): void {
  const from = BigInt(Math.floor(fromMs)) * 1_000_000n
  const to = BigInt(Math.ceil(toMs)) * 1_000_000n
  change({ from: isoOf(from), to: isoOf(to > from ? to : from + 1_000_000n) })
}

/** Nothing counted: the lines themselves show why, and a longer range may hold some. */
function NoSeries() {
  const showLines = async (): Promise<void> => {
    const { logPart } = await import('../query/log-part.ts')
    const part = logPart(logs.peek().query)
    if (part === undefined) toast(t('lines.none'))
    else rewrite(part)
  }
  return (
    <div class="empty" data-testid="metric-empty">
      <h2>{t('metric.none')}</h2>
      <p>{t('metric.noneHint')}</p>
      <Button icon="logs" label={t('metric.showLogs')} onClick={() => void showLines()} />
      <Button icon="clock" label={t('metric.widen')} onClick={() => change({ from: 'now-1d', to: 'now' })} />
    </div>
  )
}
