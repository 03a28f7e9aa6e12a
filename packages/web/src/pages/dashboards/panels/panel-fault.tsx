import { Button } from '../../../components/button.tsx'
import { t } from '../../../shell/i18n.ts'
import type { PanelFault } from '../model/panel-data.ts'

/** Why a query failed, with the query as it was sent. */
export function PanelFaultNote({ fault, onRetry }: { readonly fault: PanelFault; readonly onRetry: () => void }) {
  const { error, expr } = fault
  return (
    <div class="dash-fault" role="alert" data-testid="panel-fault">
      <p>
        <strong>{error.status === 0 ? t('error.network') : t('dashboards.queryFault')}</strong>
      </p>
      <p class="fault-text">{error.message}</p>
      {error.hint === '' ? null : <p class="hint">{error.hint}</p>}
      <code dir="ltr">{expr}</code>
      <Button label={t('error.retry')} testId="panel-retry" onClick={onRetry} />
    </div>
  )
}
