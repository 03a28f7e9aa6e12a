import type { ContactPointIntegration, NotifierOption, NotifiersResponse } from '@girok/server/contract'
import { Button } from '../../../components/button.tsx'
import { ChoiceField } from '../../../components/form-fields.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { OptionField } from './option-field.tsx'
import { arranged, valueAt, withValue } from './settings.ts'

interface IntegrationFormProps {
  readonly notifiers: NotifiersResponse['notifiers']
  readonly integration: ContactPointIntegration
  readonly at: number
  readonly onChange: (integration: ContactPointIntegration) => void
  readonly onRemove: () => void
}

/** One way of telling: its kind and its options, those that are needed first. */
export function IntegrationForm({ notifiers, integration, at, onChange, onRemove }: IntegrationFormProps) {
  const { type, settings } = integration
  const notifier = notifiers.find((one) => one.name === type)
  // By what was filled when the form opened: a field must not move while it is being filled.
  const { first, more } = arranged(notifier?.options ?? [], {})
  const filled = more.filter((option) => valueAt(settings, option.name) !== undefined).length
  const field = (option: NotifierOption) => (
    <OptionField
      key={option.name}
      option={option}
      at={at}
      value={valueAt(settings, option.name)}
      onChange={(value) => onChange({ type, settings: withValue(settings, option.name, value) })}
    />
  )
  return (
    <fieldset class="query-form integration" data-testid={`integration-${at}`}>
      <legend class="offscreen">{t('alerts.contact.integration', { count: n(at + 1) })}</legend>
      <div class="query-form-head">
        <ChoiceField
          label={t('alerts.contact.type')}
          value={type}
          choices={notifiers.map(({ name }) => [name, name] as const)}
          testId={`integration-type-${at}`}
          onChange={(next) => onChange({ type: next, settings: {} })}
        />
        <span class="dim">{notifier?.summary}</span>
        <span class="spring" />
        <Button
          icon="trash"
          label={t('alerts.contact.remove')}
          testId={`integration-remove-${at}`}
          onClick={onRemove}
        />
      </div>
      {first.map(field)}
      <details class="more-options" open={first.length === 0}>
        <summary>
          {t('alerts.contact.more')}{' '}
          <span class="dim">{filled === 0 ? '' : t('alerts.contact.filled', { count: n(filled), n: filled })}</span>
        </summary>
        <div class="option-list">{more.map(field)}</div>
      </details>
    </fieldset>
  )
}
