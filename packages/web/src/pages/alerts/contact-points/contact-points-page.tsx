import type { ContactPointsResponse, NotifiersResponse } from '@girok/server/contract'
import { useEffect } from 'preact/hooks'
import { alertingPath, fetchNotifiers } from '../../../api/alerting.ts'
import { Button } from '../../../components/button.tsx'
import { Latest } from '../../../explore/latest.ts'
import { t } from '../../../shell/i18n.ts'
import { polled } from '../../polled.ts'
import { changeParams, params } from '../address.ts'
import { ContactPointCard } from './contact-point-card.tsx'
import { ContactPointForm } from './contact-point-form.tsx'

const list = polled<ContactPointsResponse>(`${alertingPath}/contact-points`, 5000)
const notifiers = new Latest<NotifiersResponse>(true)

/** Who is told, and how: contact points with their last outcome; making, changing and testing them. */
export function ContactPointsPage() {
  useEffect(() => {
    void notifiers.ask(fetchNotifiers)
    return list.start()
  }, [])
  const all = list.answer.value?.contactPoints
  const catalogue = notifiers.answer.value?.notifiers
  const edited = params.value.get('edit')
  const opened = all?.find(({ name, origin }) => name === edited && origin === 'stored')
  const close = (): void => changeParams({ new: undefined, edit: undefined }, true)
  const done = (): void => {
    close()
    list.askNow()
  }
  const fault = list.fault.value || notifiers.error.value?.message
  return (
    <>
      <div class="alert-head">
        <h1>{t('alerts.tab.contactPoints')}</h1>
        <Button
          kind="primary"
          icon="plus"
          label={t('alerts.contact.new')}
          testId="new-contact-point"
          onClick={() => changeParams({ new: '1', edit: undefined })}
        />
      </div>
      <p class="lead">{t('alerts.contact.lead')}</p>
      {fault === undefined || fault === '' ? null : (
        <p class="fault fault-text" role="alert" data-testid="contact-fault">
          {fault}
        </p>
      )}
      {catalogue !== undefined && params.value.get('new') !== null ? (
        <ContactPointForm key="new" notifiers={catalogue} begun={undefined} onDone={done} onClose={close} />
      ) : null}
      {catalogue !== undefined && opened !== undefined ? (
        <ContactPointForm
          key={`${opened.name} ${opened.version}`}
          notifiers={catalogue}
          begun={opened}
          onDone={done}
          onClose={close}
        />
      ) : null}
      {all === undefined ? null : all.length === 0 ? (
        <p class="card" role="status" data-testid="contact-none">
          {t('alerts.contact.none')}
        </p>
      ) : (
        all.map((one) => <ContactPointCard key={one.name} point={one} onChanged={() => list.askNow()} />)
      )}
    </>
  )
}
