import { Button } from '../../components/button.tsx'
import { locale, n, t } from '../../shell/i18n.ts'
import { navigate } from '../../shell/router.ts'
import { relativeText } from '../../time/words.ts'
import { setup } from './setup-data.ts'

/** The light: grey while nothing has come, green from the first record on, with the name of who sent it. */
export function Arrival() {
  const state = setup.value
  const first = state?.first
  if (first === undefined) {
    return (
      <section class="arrival waiting" role="status" data-testid="arrival">
        <span class="lamp" aria-hidden="true" />
        <div>
          <strong>{t('setup.waiting')}</strong>
          <p class="dim">{t('setup.waitingHint')}</p>
        </div>
      </section>
    )
  }
  return (
    <section class="arrival here" role="status" data-testid="arrival">
      <span class="lamp" aria-hidden="true" />
      <div>
        <strong>{t('setup.arrived')}</strong>
        <p class="dim">
          {t('setup.arrivedFrom', {
            receiver: first.receiver,
            sender: first.sender,
            when: relativeText(first.atMs, Date.now(), locale()),
          })}
          {' · '}
          {t('setup.count', { n: state?.receivedRecords ?? 0, count: n(state?.receivedRecords ?? 0) })}
        </p>
      </div>
      <span class="spring" />
      <Button kind="primary" icon="logs" label={t('setup.look')} onClick={() => navigate('/logs')} />
    </section>
  )
}
