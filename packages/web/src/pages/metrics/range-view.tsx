import { useMemo, useRef } from 'preact/hooks'
import { Chart } from '../../charts/chart.tsx'
import type { ChartHandle } from '../../charts/chart-props.ts'
import { ChartTools } from '../../charts/chart-tools.tsx'
import { copyCsv, copyPicture } from '../../charts/copy-chart.ts'
import { t } from '../../shell/i18n.ts'
import { AddButton } from '../dashboards/edit/panel/add-button.tsx'
import { AnswerState } from './answer-state.tsx'
import { chartFrame } from './chart-frame.ts'
import { exemplarPoints } from './exemplar-points.ts'
import { openTrace } from './logs-link.ts'
import { measureOf, observedBy } from './measured.ts'
import { catalogue, change, exemplars, metrics, ranged, showTime } from './model.ts'
import { Notes } from './notes.tsx'
import { NoSeries } from './nothing.tsx'

/** Kinds that show series beside those of an earlier time; stacked, both together would be a sum of two times. */
const comparing = new Set(['line', 'bar', 'table', 'value'])

/** A query over a range of time, drawn as the address says. */
export function RangeView() {
  const answer = ranged.answer.value
  const { zone, chart, scale, compare } = metrics.value
  const meta = catalogue.meta.answer.value
  const handle = useRef<ChartHandle | undefined>(undefined)
  // The unit belongs to the query that was answered, which stays on screen while the next one is calculated.
  const measure = useMemo(() => measureOf(answer?.query ?? '', meta), [answer, meta])
  const words = t(`metrics.compare.${compare ?? 'previous'}`)
  const frame = useMemo(() => {
    if (answer === undefined) return undefined
    const drawn = comparing.has(chart) ? answer : { ...answer, earlier: [] }
    return chartFrame(drawn, measure.factor, (name) => `${name} · ${words}`)
  }, [answer, measure, chart, words])
  const found = exemplars.answer.value
  const points = useMemo(() => {
    if (chart !== 'line' || frame === undefined) return []
    // A chart in the unit of what was observed shows the exemplars at their own height.
    const heightOf = (metric: string, value: number): number | undefined => {
      const observed = observedBy(metric, meta)
      return observed.unit === measure.unit && observed.unit !== 'none' ? value * observed.factor : undefined
    }
    return exemplarPoints(found ?? [], frame, heightOf, t('metrics.value'))
  }, [found, frame, chart, measure, meta])
  const stale = ranged.loading.value || ranged.error.value !== undefined
  return (
    <div class="metric" data-testid="metric">
      <AnswerState asked={ranged} />
      {answer === undefined ? null : <Notes warnings={answer.warnings} infos={answer.infos} />}
      {frame === undefined || answer === undefined ? null : frame.series.length === 0 ? (
        <NoSeries query={answer.query} />
      ) : (
        <>
          <ChartTools
            kind={chart}
            scale={scale}
            onKind={(next) => change({ chart: next }, true)}
            onScale={(next) => change({ scale: next }, true)}
            onPicture={() => {
              const picture = handle.current?.picture(answer.query)
              if (picture !== undefined) void copyPicture(picture)
            }}
            onCsv={() => void copyCsv(frame)}
          >
            <AddButton language="promql" expr={answer.query} kind={chart} />
          </ChartTools>
          <div class={stale ? 'chart-area dimmed' : 'chart-area'}>
            <Chart
              frame={frame}
              kind={chart}
              unit={measure.unit}
              scale={scale}
              zone={zone}
              onZoom={showTime}
              handle={handle}
              exemplars={points}
              onExemplar={openTrace}
            />
          </div>
        </>
      )}
    </div>
  )
}
