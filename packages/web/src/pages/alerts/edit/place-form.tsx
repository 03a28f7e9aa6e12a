import { useId } from 'preact/hooks'
import { t } from '../../../shell/i18n.ts'
import type { DraftFault, RuleDraft } from './draft.ts'
import { faults, groups, othersIn, patch, tried } from './edit-state.ts'

/** Where a rule is kept, and how often its group is evaluated. */
export function PlaceForm({ draft }: { readonly draft: RuleDraft }) {
  const all = (groups.answer.value ?? []).filter(({ language }) => language === draft.language)
  const namespaces = [...new Set(all.map(({ namespace }) => namespace))]
  const here = all.filter(({ namespace }) => namespace === draft.namespace.trim())
  const known = here.find(({ group }) => group.name === draft.group.trim())
  const others = known === undefined ? 0 : othersIn(known)
  return (
    <div class="form-grid">
      <OfferedField
        label={t('alerts.form.namespace')}
        field="namespace"
        value={draft.namespace}
        offered={namespaces}
        onChange={(namespace) => patch({ namespace })}
      />
      <OfferedField
        label={t('alerts.form.group')}
        field="group"
        value={draft.group}
        offered={here.map(({ group }) => group.name)}
        onChange={(group) => {
          // A group that is there has an interval already; all its rules share it.
          const interval = here.find((one) => one.group.name === group.trim())?.group.interval
          patch({ group, ...(interval === undefined ? {} : { interval }) })
        }}
      />
      <OfferedField
        label={t('alerts.form.interval')}
        field="interval"
        value={draft.interval}
        offered={['15s', '30s', '1m', '5m']}
        onChange={(interval) => patch({ interval })}
      />
      {others === 0 ? null : <p class="hint">{t('alerts.form.joins', { count: String(others), n: others })}</p>}
    </div>
  )
}

interface OfferedFieldProps {
  readonly label: string
  readonly field: DraftFault
  readonly value: string
  readonly offered: readonly string[]
  readonly onChange: (value: string) => void
}

/** A text with some to choose from. */
function OfferedField({ label, field, value, offered, onChange }: OfferedFieldProps) {
  const id = useId()
  const wrong = faults.value.has(field) && (tried.value || value !== '')
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="mono"
        list={id}
        aria-invalid={wrong}
        data-testid={`rule-${field}`}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <datalist id={id}>
        {offered.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </label>
  )
}
