import { Button } from '../../components/button.tsx'
import { toast } from '../../components/toast.tsx'
import { t } from '../../shell/i18n.ts'
import { logs, rewrite } from './model/explorer.ts'

/** What a view of lines says of a query that gives numbers. */
export function LinesWanted() {
  const show = async (): Promise<void> => {
    const { logPart } = await import('./query/log-part.ts')
    const part = logPart(logs.peek().query)
    if (part === undefined) toast(t('lines.none'))
    else rewrite(part)
  }
  return (
    <div class="view-message" data-testid="lines-wanted">
      <h2>{t('lines.wanted')}</h2>
      <p>{t('lines.wantedHint')}</p>
      <Button kind="primary" icon="logs" label={t('lines.show')} testId="lines-show" onClick={() => void show()} />
    </div>
  )
}
