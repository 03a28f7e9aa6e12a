import type { FieldsResponse } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { SearchField } from '../../../components/search-field.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { preference } from '../../../shell/preferences.ts'
import { fields, logs, search } from '../model/explorer.ts'
import { SmallButton, ValueActions } from '../panel/field-row.tsx'
import { toggleColumn } from '../rows/column-heads.tsx'
import { oneLine } from '../rows/visible-text.ts'

type Field = FieldsResponse['fields'][number]

const pinned = preference<string>('pinnedFields', '')

function pinnedNames(): string[] {
  return pinned.value === '' ? [] : pinned.value.split(',')
}

function togglePin(name: string): void {
  const names = pinnedNames()
  pinned.value = (names.includes(name) ? names.filter((one) => one !== name) : [...names, name]).join(',')
}

/** A percentage with one decimal below ten. */
function share(count: number, of: number): string {
  const percent = of === 0 ? 0 : (count / of) * 100
  return `${n(percent, percent < 10 ? 1 : 0)}%`
}

/** Which fields the lines have, how many lines have them, and their most frequent values. */
export function FieldList() {
  const wanted = useSignal('')
  const answer = fields.answer.value
  const sampled = answer?.sampledLines ?? 0
  const pins = pinnedNames()
  const text = wanted.value.trim().toLowerCase()
  const matching = (answer?.fields ?? []).filter(
    (field) =>
      text === '' ||
      field.name.toLowerCase().includes(text) ||
      field.top.some(({ value }) => value.toLowerCase().includes(text)),
  )
  const rank = (field: Field): number =>
    pins.includes(field.name) ? 0 : field.origin === 'label' ? 1 : field.origin === 'metadata' ? 2 : 3
  const sorted = [...matching].sort((a, b) => rank(a) - rank(b) || b.count - a.count || (a.name < b.name ? -1 : 1))
  return (
    <div class={fields.loading.value ? 'field-list dimmed' : 'field-list'} aria-busy={fields.loading.value}>
      <SearchField label={t('fields.search')} text={wanted} testId="field-search" />
      <p class="hint">
        {fields.failed.value !== '' && search.error.value === undefined
          ? t('fields.failed', { reason: fields.failed.value })
          : answer === undefined
            ? t('fields.none')
            : t('fields.sampled', { n: sampled, count: n(sampled) })}
      </p>
      <div class="field-items">
        {sorted.map((field) => (
          <FieldItem
            key={`${field.origin} ${field.name}`}
            field={field}
            sampled={sampled}
            pinned={pins.includes(field.name)}
          />
        ))}
      </div>
    </div>
  )
}

function FieldItem(props: { readonly field: Field; readonly sampled: number; readonly pinned: boolean }) {
  const { field, sampled } = props
  // Thousands of buttons of closed fields would weigh on every page: only an open field has a body.
  const open = useSignal(false)
  const isColumn = logs.value.columns.some((column) => column.name === field.name)
  return (
    <details
      class="field-item"
      data-testid={`field-${field.name}`}
      onToggle={(event) => {
        open.value = event.currentTarget.open
      }}
    >
      <summary title={`${t(`origin.${field.origin}`)} · ${t(`type.${field.type}`)}`}>
        <span class={`origin origin-${field.origin}`} aria-hidden="true">
          {originSigns[field.origin]}
        </span>
        <span class="field-item-name">{field.name}</span>
        <span class="field-item-count">
          {n(field.count)} <span class="dim">{share(field.count, sampled)}</span>
        </span>
      </summary>
      {open.value ? (
        <div class="field-item-body">
          <p class="field-item-tools">
            <span class="hint">{t('fields.values', { n: field.cardinality, count: n(field.cardinality) })}</span>
            <span class="spring" />
            <SmallButton
              icon="pin"
              label={props.pinned ? t('fields.unpin') : t('fields.pin')}
              pressed={props.pinned}
              onClick={() => togglePin(field.name)}
            />
            <SmallButton
              icon="column"
              label={t('field.column', { name: field.name })}
              pressed={isColumn}
              testId={`field-column-${field.name}`}
              onClick={() => toggleColumn(field.name)}
            />
          </p>
          {field.top.map(({ value, count }) => (
            <div key={value} class="top-value">
              <span class="top-value-text" dir="ltr" title={oneLine(value)}>
                {value === '' ? t('fields.empty') : oneLine(value)}
              </span>
              <span class="top-value-count">
                {n(count)} <span class="dim">{share(count, sampled)}</span>
              </span>
              <meter class="top-value-bar" min={0} max={Math.max(1, field.count)} value={count} aria-hidden="true" />
              <ValueActions field={{ name: field.name, value, origin: field.origin }} />
            </div>
          ))}
        </div>
      ) : null}
    </details>
  )
}

/** One letter per origin; its word stands in the tooltip. */
const originSigns: Readonly<Record<Field['origin'], string>> = { label: 'L', metadata: 'M', json: 'J', logfmt: 'F' }
