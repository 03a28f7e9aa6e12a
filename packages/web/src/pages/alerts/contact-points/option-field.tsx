import type { NotifierOption } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { t } from '../../../shell/i18n.ts'
import { fieldText, fieldValue, keptSecret } from './settings.ts'

interface OptionFieldProps {
  readonly option: NotifierOption
  /** Place of its integration, for test ids. */
  readonly at: number
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}

/** One option of an integration, by its kind. A secret that is set is not shown: typing puts another in its place. */
export function OptionField({ option, at, value, onChange }: OptionFieldProps) {
  const { name, kind, description, choices = [], secret, required, template } = option
  const id = useId()
  const text = useSignal(secret && value === keptSecret ? '' : fieldText(option, value))
  const wrong = useSignal(false)
  const standard = fieldText(option, option.default)
  const type = (next: string): void => {
    text.value = next
    // An empty field of a secret that was set leaves it as it is.
    if (secret && next === '' && value === keptSecret) return
    const read = fieldValue(option, next)
    wrong.value = read === undefined
    if (read !== undefined) onChange(read.value)
  }
  const shared = {
    id,
    'aria-label': name,
    'data-testid': `option-${at}-${name}`,
    'aria-describedby': `${id}-hint`,
    'aria-invalid': wrong.value,
  }
  const typed = {
    ...shared,
    value: text.value,
    placeholder: secret && value === keptSecret ? t('alerts.contact.secretSet') : standard,
    autocomplete: 'off',
    spellcheck: false,
    onInput: (event: { readonly currentTarget: { readonly value: string } }) => type(event.currentTarget.value),
  }
  const long = kind === 'list' || kind === 'other' || template || standard.includes('\n') || text.value.includes('\n')
  return (
    <label class="field option-field" for={id}>
      <span>
        <code>{name}</code>
        {required ? ` ${t('alerts.contact.required')}` : ''}
      </span>
      {kind === 'flag' || kind === 'choice' ? (
        <select
          {...shared}
          value={fieldText(option, value)}
          onChange={(event) => {
            const next = event.currentTarget.value
            onChange(next === '' ? undefined : kind === 'flag' ? next === 'true' : next)
          }}
        >
          <option value="">
            {standard === '' ? t('alerts.contact.unset') : t('alerts.contact.default', { value: standard })}
          </option>
          {(kind === 'flag' ? ['true', 'false'] : choices).map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      ) : secret ? (
        <input type="password" class="mono" {...typed} autocomplete="new-password" />
      ) : long ? (
        <textarea class="mono" rows={template ? 2 : 3} {...typed} />
      ) : (
        <input class="mono" {...typed} />
      )}
      <em class={wrong.value ? 'fault' : 'dim'} id={`${id}-hint`}>
        {wrong.value ? t(kind === 'count' ? 'alerts.form.badNumber' : 'alerts.contact.badJson') : description}
      </em>
    </label>
  )
}
