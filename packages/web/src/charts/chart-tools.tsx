import type { ComponentChildren } from 'preact'
import { IconButton } from '../components/button.tsx'
import type { IconName } from '../components/icon.tsx'
import { t } from '../shell/i18n.ts'
import { type ChartKind, chartKinds, type Scale } from './kinds.ts'

const icons: Readonly<Record<ChartKind, IconName>> = {
  line: 'line',
  bar: 'chart',
  stacked: 'stacked',
  heatmap: 'heat',
  table: 'table',
  value: 'number',
}

interface ChartToolsProps {
  readonly kind: ChartKind
  readonly scale: Scale
  readonly onKind: (kind: ChartKind) => void
  readonly onScale: (scale: Scale) => void
  readonly onPicture: () => void
  readonly onCsv: () => void
  /** Further buttons at the end. */
  readonly children?: ComponentChildren
}

/** The bar above a chart: how it is drawn, its scale, copies of it. */
export function ChartTools({ kind, scale, onKind, onScale, onPicture, onCsv, children }: ChartToolsProps) {
  const drawn = kind !== 'table' && kind !== 'value'
  return (
    <div class="chart-tools" role="toolbar" aria-label={t('charts.tools')}>
      <div class="chart-kinds" role="group" aria-label={t('charts.kind')}>
        {chartKinds.map((one) => (
          <IconButton
            key={one}
            icon={icons[one]}
            label={t(`charts.kind.${one}`)}
            pressed={one === kind}
            testId={`kind-${one}`}
            onClick={() => onKind(one)}
          />
        ))}
      </div>
      {drawn && kind !== 'stacked' ? (
        <button
          type="button"
          class="button plain"
          aria-pressed={scale === 'log'}
          title={t('charts.logHint')}
          data-testid="scale-log"
          onClick={() => onScale(scale === 'log' ? 'linear' : 'log')}
        >
          {t('charts.log')}
        </button>
      ) : null}
      <span class="chart-tools-end">
        {drawn ? (
          <IconButton icon="image" label={t('charts.copyPicture')} testId="copy-png" onClick={onPicture} />
        ) : null}
        <IconButton icon="copy" label={t('charts.copyCsv')} testId="copy-csv" onClick={onCsv} />
        {children}
      </span>
    </div>
  )
}
