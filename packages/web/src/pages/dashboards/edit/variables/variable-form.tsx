import type { DashboardVariable, QueryLanguage } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import { fetchLabels } from '../../../../api/loki.ts'
import { fetchLabelNames } from '../../../../api/prometheus.ts'
import { CheckField, ChoiceField, TextField } from '../../../../components/form-fields.tsx'
import { askedOnce } from '../../../../explore/editor/asked-once.ts'
import { t } from '../../../../shell/i18n.ts'
import { range } from '../../model/dashboard-state.ts'
import { withFields } from '../panel/list-order.ts'
import { ExpressionField } from '../panel/query-form.tsx'
import { regexFault } from '../panel/transformation-kinds.ts'
import {
  offersMany,
  ofKind,
  type VariableFault,
  type VariableKind,
  type VariableOf,
  valuesOf,
  variableKinds,
} from './variable-draft.ts'

interface VariableFormProps<K extends VariableKind = VariableKind> {
  readonly variable: VariableOf<K>
  readonly fault: VariableFault | undefined
  readonly onChange: (variable: DashboardVariable) => void
}

const nameFaults: readonly (VariableFault | undefined)[] = ['name', 'reserved', 'twice']

/** What a variable is called, where its values come from, and what can be chosen. */
export function VariableForm({ variable, fault, onChange }: VariableFormProps) {
  const common = (patch: { readonly [K in keyof DashboardVariable]?: DashboardVariable[K] | undefined }): void =>
    onChange(withFields<DashboardVariable>(variable, patch))
  return (
    <div class="variable-form" data-testid="variable-form">
      <div class="form-grid">
        <TextField
          label={t('editing.variableName')}
          value={variable.name}
          mono
          maxLength={100}
          fault={nameFaults.includes(fault) ? t(`editing.fault.${fault ?? 'name'}`) : undefined}
          testId="variable-name"
          onChange={(name) => common({ name: name.trim() })}
        />
        <TextField
          label={t('editing.variableLabel')}
          value={variable.label ?? ''}
          maxLength={200}
          testId="variable-label"
          onChange={(label) => common({ label: label || undefined })}
        />
        <ChoiceField
          label={t('editing.variableKind')}
          value={variable.kind}
          choices={variableKinds.map((kind) => [kind, t(`editing.variable.${kind}`)] as const)}
          testId="variable-kind"
          onChange={(kind) => onChange(ofKind(variable, kind))}
        />
      </div>
      <Source key={variable.kind} variable={variable} fault={fault} onChange={onChange} />
      {fault === undefined || nameFaults.includes(fault) ? null : (
        <p class="hint" role="status" data-testid="variable-fault">
          {t(`editing.fault.${fault}`)}
        </p>
      )}
      <div class="check-list">
        {offersMany(variable) ? (
          <>
            <CheckField
              label={t('editing.multi')}
              value={variable.multi ?? false}
              testId="variable-multi"
              onChange={(on) => common({ multi: on || undefined })}
            />
            <CheckField
              label={t('editing.includeAll')}
              value={variable.includeAll ?? false}
              testId="variable-all"
              onChange={(on) => common({ includeAll: on || undefined })}
            />
          </>
        ) : null}
        <CheckField
          label={t('editing.variableHidden')}
          value={variable.hidden ?? false}
          onChange={(on) => common({ hidden: on || undefined })}
        />
      </div>
      {offersMany(variable) && variable.includeAll === true ? (
        <TextField
          label={t('editing.allValue')}
          value={variable.allValue ?? ''}
          mono
          placeholder=".*"
          onChange={(allValue) => common({ allValue: allValue || undefined })}
        />
      ) : null}
    </div>
  )
}

/** The part of the form that belongs to the kind. */
function Source({ variable, fault, onChange }: VariableFormProps) {
  switch (variable.kind) {
    case 'labels':
      return <LabelsSource variable={variable} fault={fault} onChange={onChange} />
    case 'query':
      return <QuerySource variable={variable} fault={fault} onChange={onChange} />
    case 'custom':
    case 'interval':
      return <ListSource variable={variable} fault={fault} onChange={onChange} />
    default:
      return (
        <TextField
          label={t('editing.value')}
          value={variable.value}
          testId="variable-value"
          onChange={(value) => onChange({ ...variable, value })}
        />
      )
  }
}

function namesOf(source: 'metrics' | 'logs'): Promise<readonly string[]> {
  const shown = range.peek()
  if (shown === undefined) return Promise.resolve([])
  const { from, to } = shown
  return askedOnce(`variable ${source} ${from} ${to}`, [] as readonly string[], () =>
    source === 'logs'
      ? fetchLabels('{}', from, to)
      : fetchLabelNames({ startMs: Number(from / 1_000_000n), endMs: Number(to / 1_000_000n) }),
  )
}

const matchExamples = { metrics: 'up{job="api"}', logs: '{service_name="api"}' } as const

function LabelsSource({ variable, onChange }: VariableFormProps<'labels'>) {
  const { source } = variable
  const names = useSignal<readonly string[]>([])
  const list = useId()
  useEffect(() => {
    let gone = false
    void namesOf(source).then((found) => {
      if (!gone) names.value = found
    })
    return () => {
      gone = true
    }
  }, [source])
  return (
    <div class="form-grid">
      <ChoiceField
        label={t('editing.source')}
        value={source}
        choices={[
          ['metrics', t('editing.source.metrics')],
          ['logs', t('editing.source.logs')],
        ]}
        testId="variable-source"
        onChange={(next) => onChange({ ...variable, source: next })}
      />
      <label class="field">
        <span>{t('editing.labelName')}</span>
        <input
          class="mono"
          list={list}
          value={variable.labelName}
          autocomplete="off"
          spellcheck={false}
          data-testid="variable-label-name"
          onInput={(event) => onChange({ ...variable, labelName: event.currentTarget.value.trim() })}
        />
        <datalist id={list}>
          {names.value.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </label>
      <TextField
        label={t('editing.match')}
        value={variable.match ?? ''}
        mono
        placeholder={matchExamples[source]}
        testId="variable-match"
        onChange={(match) => onChange(withFields(variable, { match: match || undefined }))}
      />
      <RegexField value={variable.regex} onChange={(regex) => onChange(withFields(variable, { regex }))} />
    </div>
  )
}

const languages: readonly (readonly [QueryLanguage, string])[] = [
  ['promql', 'PromQL'],
  ['logql', 'LogQL'],
]

function QuerySource({ variable, onChange }: VariableFormProps<'query'>) {
  return (
    <>
      <ExpressionField
        key={variable.language}
        language={variable.language}
        expr={variable.expr}
        label={t('editing.variableQuery')}
        onChange={(expr) => {
          if (expr !== variable.expr) onChange({ ...variable, expr })
        }}
        onRun={() => {}}
      />
      <div class="form-grid">
        <ChoiceField
          label={t('editing.language')}
          value={variable.language}
          choices={languages}
          onChange={(language) => onChange({ ...variable, language })}
        />
        <TextField
          label={t('editing.labelName')}
          value={variable.labelName}
          mono
          testId="variable-label-name"
          onChange={(labelName) => onChange({ ...variable, labelName: labelName.trim() })}
        />
        <RegexField value={variable.regex} onChange={(regex) => onChange(withFields(variable, { regex }))} />
      </div>
    </>
  )
}

function ListSource({ variable, onChange }: VariableFormProps<'custom' | 'interval'>) {
  // What is being typed has blank lines and commas that the list has not.
  const text = useSignal(variable.values.join('\n'))
  return (
    <TextField
      label={t('editing.values')}
      value={text.value}
      lines={4}
      mono
      testId="variable-custom"
      onChange={(next) => {
        text.value = next
        onChange({ ...variable, values: valuesOf(next) })
      }}
    />
  )
}

interface RegexFieldProps {
  readonly value: string | undefined
  readonly onChange: (regex: string | undefined) => void
}

function RegexField({ value, onChange }: RegexFieldProps) {
  return (
    <TextField
      label={t('editing.keepRegex')}
      value={value ?? ''}
      mono
      fault={regexFault(value)}
      testId="variable-regex"
      onChange={(regex) => onChange(regex || undefined)}
    />
  )
}
