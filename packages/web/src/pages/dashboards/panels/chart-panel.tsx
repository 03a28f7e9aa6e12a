import { Chart } from '../../../charts/chart.tsx'
import type { ChartKind } from '../../../charts/kinds.ts'
import { address, zoomTo } from '../model/dashboard-state.ts'
import type { PanelBodyProps } from './body-props.ts'
import { crosshair, point } from './point-state.ts'

/** Series as lines, bars, a stack or a heat map. */
export function ChartPanel({ shown, content, solo }: PanelBodyProps) {
  const { panel } = shown
  const { frame, measure } = content
  const named = frame.series.length > 1 || panel.queries.some(({ legend = '' }) => legend !== '')
  return (
    <Chart
      frame={frame}
      kind={panel.kind as ChartKind}
      unit={measure.unit}
      decimals={panel.decimals}
      scale={panel.scale ?? 'linear'}
      min={panel.min}
      max={panel.max}
      thresholds={panel.thresholds}
      zone={address.value.zone}
      crosshair={crosshair}
      legend={solo ? 'table' : named && panel.kind !== 'heatmap' ? 'list' : 'none'}
      onZoom={zoomTo}
      onPoint={(at) => {
        point.value = { shown, content, at }
      }}
    />
  )
}
