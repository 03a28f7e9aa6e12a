import { useId, useRef } from 'preact/hooks'
import { TextField } from '../../../components/form-fields.tsx'
import { n, t } from '../../../shell/i18n.ts'
import type { DraftFault, RuleDraft } from './draft.ts'
import { faults, groups, othersIn, patch, tried } from './edit-state.ts'
import { PairsForm } from './pairs-form.tsx'

/** Where a rule is kept, and what holds for all rules of its group. */
export function PlaceForm({ draft }: { readonly draft: RuleDraft }) {
  const all = (groups.answer.value ?? []).filter(({ language }) => language === draft.language)
  const namespaces = [...new Set(all.map(({ namespace }) => namespace))]
  const here = all.filter(({ namespace }) => namespace === draft.namespace.trim())
  const known = here.find(({ group }) => group.name === draft.group.trim())
  const others = known === undefined ? 0 : othersIn(known)
  return (
    <>
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
          onChange={(group) => patch({ group })}
        />
        <OfferedField
          label={t('alerts.form.interval')}
          field="interval"
          value={draft.interval}
          offered={['15s', '30s', '1m', '5m']}
          onChange={(interval) => patch({ interval })}
        />
      </div>
      <GroupForm draft={draft} />
      {others === 0 ? null : <p class="hint">{t('alerts.form.joins', { count: String(others), n: others })}</p>}
    </>
  )
}

/** What seldom is said of a group: folded away while nothing of it is. */
function GroupForm({ draft }: { readonly draft: RuleDraft }) {
  const { limit, queryOffset, groupLabels } = draft
  const filled = [limit, queryOffset, groupLabels.length > 0 ? 'some' : ''].filter((one) => one.trim() !== '').length
  // Whether it opens is known when the group is; after that it is the reader's.
  const first = useRef(filled > 0)
  if (filled > 0) first.current = true
  return (
    <details class="more-options" open={first.current} data-testid="rule-group-more">
      <summary>
        {t('alerts.form.groupMore')}{' '}
        <span class="dim">{filled === 0 ? '' : t('alerts.contact.filled', { count: n(filled), n: filled })}</span>
      </summary>
      <div class="option-list">
        <div class="form-grid">
          <TextField
            label={t('alerts.form.limit')}
            value={limit}
            placeholder="0"
            mono
            testId="rule-limit"
            fault={faults.value.has('limit') ? t('alerts.form.badLimit') : undefined}
            onChange={(next) => patch({ limit: next })}
          />
          <TextField
            label={t('alerts.form.queryOffset')}
            value={queryOffset}
            placeholder="30s"
            mono
            testId="rule-query-offset"
            fault={faults.value.has('queryOffset') ? t('alerts.form.badDuration') : undefined}
            onChange={(next) => patch({ queryOffset: next })}
          />
        </div>
        <p class="hint">{t('alerts.form.groupHint')}</p>
        <PairsForm
          label={t('alerts.form.groupLabels')}
          name="group-label"
          pairs={groupLabels}
          names={['team', 'service', 'environment', 'severity']}
          onChange={(next) => patch({ groupLabels: next })}
        />
      </div>
    </details>
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
