import type { ContactPointIntegration, ContactPointsResponse, NotifiersResponse } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { createContactPoint, putContactPoint } from '../../../api/alerting.ts'
import { Button } from '../../../components/button.tsx'
import { TextField } from '../../../components/form-fields.tsx'
import { toast } from '../../../components/toast.tsx'
import { t } from '../../../shell/i18n.ts'
import { FaultLine } from '../parts/fault-line.tsx'
import { IntegrationForm } from './integration-form.tsx'
import { missingOptions } from './settings.ts'
import { TestButton } from './test-button.tsx'

interface ContactPointFormProps {
  readonly notifiers: NotifiersResponse['notifiers']
  /** Undefined: a new one. */
  readonly begun: ContactPointsResponse['contactPoints'][number] | undefined
  readonly onDone: () => void
  readonly onClose: () => void
}

/** A contact point with its integrations; the fields of each come from what the server declares of it. */
export function ContactPointForm({ notifiers, begun, onDone, onClose }: ContactPointFormProps) {
  const name = useSignal(begun?.name ?? '')
  const integrations = useSignal<readonly ContactPointIntegration[]>(
    begun?.integrations ?? [
      { type: notifiers.find((one) => one.name === 'webhook')?.name ?? notifiers[0]?.name ?? '', settings: {} },
    ],
  )
  const tried = useSignal(false)
  const busy = useSignal(false)
  const fault = useSignal<unknown>(undefined)
  const missing = integrations.value.flatMap(({ type, settings }) =>
    missingOptions(notifiers.find((one) => one.name === type)?.options ?? [], settings),
  )
  const incomplete = name.value.trim() === '' || missing.length > 0
  const submit = async (): Promise<void> => {
    tried.value = true
    if (incomplete) return
    busy.value = true
    fault.value = undefined
    try {
      if (begun === undefined) await createContactPoint(name.peek().trim(), integrations.peek())
      else await putContactPoint(begun.name, integrations.peek(), begun.version)
      toast(t('alerts.contact.saved'))
      onDone()
    } catch (error) {
      fault.value = error
    } finally {
      busy.value = false
    }
  }
  return (
    <form
      class="card form"
      aria-labelledby="contact-form"
      data-testid="contact-form"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <h2 id="contact-form">{t(begun === undefined ? 'alerts.contact.new' : 'alerts.contact.change')}</h2>
      {begun === undefined ? (
        <TextField
          label={t('alerts.contact.name')}
          value={name.value}
          testId="contact-name"
          fault={tried.value && name.value.trim() === '' ? t('alerts.form.needed') : undefined}
          onChange={(next) => {
            name.value = next
          }}
        />
      ) : (
        <p>
          <strong>{begun.name}</strong>
        </p>
      )}
      {integrations.value.map((integration, at) => (
        <IntegrationForm
          key={`${at} ${integration.type}`}
          notifiers={notifiers}
          integration={integration}
          at={at}
          onChange={(next) => {
            integrations.value = integrations.peek().map((one, index) => (index === at ? next : one))
          }}
          onRemove={() => {
            integrations.value = integrations.peek().filter((_, index) => index !== at)
          }}
        />
      ))}
      <div>
        <Button
          icon="plus"
          label={t('alerts.contact.add')}
          testId="add-integration"
          onClick={() => {
            integrations.value = [...integrations.peek(), { type: notifiers[0]?.name ?? '', settings: {} }]
          }}
        />
      </div>
      {tried.value && missing.length > 0 ? (
        <p class="fault" role="alert" data-testid="contact-missing">
          {t('alerts.form.missing', { fields: missing.join(', ') })}
        </p>
      ) : null}
      <FaultLine fault={fault} testId="contact-refusal" />
      <TestButton
        disabled={missing.length > 0 || integrations.value.length === 0}
        body={() => ({ ...(begun === undefined ? {} : { name: begun.name }), integrations: integrations.peek() })}
      />
      <div class="form-end">
        <Button label={t('action.cancel')} testId="contact-cancel" onClick={onClose} />
        <Button
          kind="primary"
          label={t('alerts.contact.save')}
          disabled={busy.value}
          testId="contact-save"
          onClick={() => void submit()}
        />
      </div>
    </form>
  )
}
