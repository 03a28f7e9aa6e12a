import type { PanelKind } from '@girok/server/contract'
import { Icon, type IconName } from '../../../../components/icon.tsx'
import { t } from '../../../../shell/i18n.ts'

export const kindIcons: Readonly<Record<PanelKind, IconName>> = {
  line: 'line',
  bar: 'chart',
  stacked: 'stacked',
  heatmap: 'heat',
  gauge: 'clock',
  value: 'number',
  table: 'table',
  logs: 'logs',
  text: 'format',
  row: 'rows',
}

/** Rows hold other panels: no panel becomes one. */
const kinds = (Object.keys(kindIcons) as PanelKind[]).filter((kind) => kind !== 'row')

interface KindChoiceProps {
  readonly value: PanelKind
  readonly onChange: (kind: PanelKind) => void
}

/** Every kind of panel, drawn and in words. */
export function KindChoice({ value, onChange }: KindChoiceProps) {
  return (
    <div class="kind-choice" role="group" aria-label={t('editing.kind')}>
      {kinds.map((kind) => (
        <button
          key={kind}
          type="button"
          class="kind-button"
          aria-pressed={kind === value}
          data-testid={`panel-kind-${kind}`}
          onClick={() => onChange(kind)}
        >
          <Icon name={kindIcons[kind]} size={20} />
          <span>{t(`dashboards.kind.${kind}`)}</span>
        </button>
      ))}
    </div>
  )
}
