import type { ContactPointsResponse } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { deleteContactPoint } from '../../../api/alerting.ts'
import { Button } from '../../../components/button.tsx'
import { toast } from '../../../components/toast.tsx'
import { t } from '../../../shell/i18n.ts'
import { changeParams, params } from '../address.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { Outcome } from '../parts/outcome.tsx'
import { TimeStamp } from '../parts/time-stamp.tsx'
import { TestButton } from './test-button.tsx'

type ContactPoint = ContactPointsResponse['contactPoints'][number]

/** A contact point: what it is made of, whether it is used, how the last notification went. */
export function ContactPointCard({
  point,
  onChanged,
}: {
  readonly point: ContactPoint
  readonly onChanged: () => void
}) {
  const { name, origin, version, integrations, usedByRoutes, last } = point
  const deleting = useSignal(false)
  const card = useRef<HTMLElement>(null)
  const wanted = params.value.get('name') === name
  useEffect(() => {
    if (wanted) card.current?.scrollIntoView({ block: 'center' })
  }, [wanted])
  const id = `contact-${name.replace(/[^\p{L}\p{N}_-]+/gu, '-')}`
  return (
    <section
      ref={card}
      class={wanted ? 'card agent wanted' : 'card agent'}
      aria-labelledby={id}
      data-testid="contact-point"
      data-name={name}
    >
      <div class="agent-head">
        <h2 id={id}>{name}</h2>
        <span class={`dash-origin ${origin}`}>{t(`alerts.contact.origin.${origin}`)}</span>
        <span class={usedByRoutes ? 'pill on' : 'pill'}>
          {t(usedByRoutes ? 'alerts.contact.used' : 'alerts.contact.unused')}
        </span>
        <span class="spring" />
        {origin === 'stored' ? (
          <>
            <Button
              label={t('alerts.edit')}
              testId="edit-contact"
              onClick={() => changeParams({ edit: name, new: undefined })}
            />
            <Button
              label={t('alerts.delete')}
              testId="delete-contact"
              onClick={() => {
                deleting.value = true
              }}
            />
          </>
        ) : null}
      </div>
      {integrations.length === 0 ? (
        <p class="dim">{t('alerts.contact.nobody')}</p>
      ) : (
        <ul class="integrations">
          {integrations.map(({ type }, at) => (
            <li key={at}>
              <code class="matcher">{type}</code>
            </li>
          ))}
        </ul>
      )}
      {last === undefined ? (
        <p class="dim">{t('alerts.contact.neverUsed')}</p>
      ) : (
        <p data-testid="contact-last">
          <Outcome outcome={last.outcome} />{' '}
          <span class="dim">
            <TimeStamp iso={last.at} />
          </span>
          {last.error === undefined ? null : <span class="fault fault-text"> {last.error}</span>}
        </p>
      )}
      {integrations.length === 0 ? null : <TestButton body={() => ({ name })} />}
      {deleting.value ? (
        <ConfirmDialog
          title={t('alerts.contact.deleteTitle')}
          text={t('alerts.contact.deleteText', { name })}
          yes={t('alerts.contact.deleteYes')}
          onYes={async () => {
            await deleteContactPoint(name, version)
            toast(t('alerts.deleted', { name }))
            onChanged()
          }}
          onClose={() => {
            deleting.value = false
          }}
        />
      ) : null}
    </section>
  )
}
