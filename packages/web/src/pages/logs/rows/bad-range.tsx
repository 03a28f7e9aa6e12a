import { Button } from '../../../components/button.tsx'
import { t } from '../../../shell/i18n.ts'
import { change } from '../model/explorer.ts'

/** The address holds a range that is none. */
export function BadRange() {
  return (
    <div class="notice fault" role="alert">
      <p>{t('state.badRange')}</p>
      <Button label={t('state.lastHour')} onClick={() => change({ from: 'now-1h', to: 'now' })} />
    </div>
  )
}
