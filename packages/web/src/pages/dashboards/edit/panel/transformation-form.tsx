import type { Transformation } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { Button } from '../../../../components/button.tsx'
import { CheckField, ChoiceField, NumberField, TextField } from '../../../../components/form-fields.tsx'
import { SmallButton } from '../../../../components/small-button.tsx'
import { t } from '../../../../shell/i18n.ts'
import { linesOf, removed, replaced, withFields } from './list-order.ts'
import {
  pairsOf,
  type RenamePairs,
  regexFault,
  renameOf,
  type TransformationKind,
  type TransformationOf,
} from './transformation-kinds.ts'

interface FormProps<K extends TransformationKind> {
  readonly step: TransformationOf<K>
  readonly onChange: (step: Transformation) => void
}

const reducers = ['last', 'mean', 'min', 'max', 'sum', 'count'] as const
const operators = ['+', '-', '*', '/'] as const

/** The form of each kind of transformation. */
const forms: { readonly [K in TransformationKind]: (props: FormProps<K>) => JSX.Element } = {
  organize: OrganizeForm,
  merge: () => <p class="hint">{t('editing.mergeHint')}</p>,
  reduce: ({ step, onChange }) => (
    <div class="check-list" role="group" aria-label={t('editing.reducers')}>
      {reducers.map((one) => (
        <CheckField
          key={one}
          label={t(`editing.reducer.${one}`)}
          value={step.reducers.includes(one)}
          onChange={(on) =>
            onChange({ ...step, reducers: reducers.filter((r) => (r === one ? on : step.reducers.includes(r))) })
          }
        />
      ))}
    </div>
  ),
  filterFields: ({ step, onChange }) => (
    <div class="form-grid">
      <TextField
        label={t('editing.include')}
        value={step.include ?? ''}
        mono
        fault={regexFault(step.include)}
        onChange={(include) => onChange(withFields(step, { include: include || undefined }))}
      />
      <TextField
        label={t('editing.exclude')}
        value={step.exclude ?? ''}
        mono
        fault={regexFault(step.exclude)}
        onChange={(exclude) => onChange(withFields(step, { exclude: exclude || undefined }))}
      />
    </div>
  ),
  sortBy: ({ step, onChange }) => (
    <div class="form-grid">
      <TextField
        label={t('editing.field')}
        value={step.field}
        testId="sort-field"
        onChange={(field) => onChange({ ...step, field })}
      />
      <CheckField
        label={t('editing.descending')}
        value={step.descending ?? false}
        onChange={(on) => onChange(withFields(step, { descending: on || undefined }))}
      />
    </div>
  ),
  limit: ({ step, onChange }) => (
    <div class="form-grid">
      <NumberField
        label={t('editing.count')}
        value={step.count}
        min={0}
        max={100_000}
        whole
        testId="limit"
        onChange={(count) => onChange({ ...step, count: count ?? 0 })}
      />
    </div>
  ),
  renameByRegex: ({ step, onChange }) => (
    <div class="form-grid">
      <TextField
        label={t('editing.regex')}
        value={step.regex}
        mono
        fault={step.regex === '' ? t('editing.regexNeeded') : regexFault(step.regex)}
        onChange={(regex) => onChange({ ...step, regex })}
      />
      <TextField label={t('editing.renameTo')} value={step.to} mono onChange={(to) => onChange({ ...step, to })} />
    </div>
  ),
  calculate: ({ step, onChange }) => (
    <div class="form-grid">
      <TextField label={t('editing.left')} value={step.left} onChange={(left) => onChange({ ...step, left })} />
      <ChoiceField
        label={t('editing.operator')}
        value={step.op}
        choices={operators.map((op) => [op, op] as const)}
        onChange={(op) => onChange({ ...step, op })}
      />
      <TextField label={t('editing.right')} value={step.right} onChange={(right) => onChange({ ...step, right })} />
      <TextField label={t('editing.as')} value={step.as} onChange={(as) => onChange({ ...step, as })} />
    </div>
  ),
}

function OrganizeForm({ step, onChange }: FormProps<'organize'>) {
  // What is being typed may be no list yet, or name nothing.
  const exclude = useSignal((step.exclude ?? []).join('\n'))
  const order = useSignal((step.order ?? []).join('\n'))
  const pairs = useSignal<RenamePairs>(pairsOf(step.rename))
  const take = (): void => {
    const lists = { exclude: linesOf(exclude.peek()), order: linesOf(order.peek()) }
    const named = pairs.peek().filter(([from]) => from !== '')
    onChange(
      withFields(step, {
        exclude: lists.exclude.length === 0 ? undefined : lists.exclude,
        order: lists.order.length === 0 ? undefined : lists.order,
        rename: renameOf(named),
      }),
    )
  }
  const setPairs = (next: RenamePairs): void => {
    pairs.value = next
    take()
  }
  return (
    <>
      <div class="form-grid">
        <TextField
          label={t('editing.hideFields')}
          value={exclude.value}
          lines={3}
          onChange={(text) => {
            exclude.value = text
            take()
          }}
        />
        <TextField
          label={t('editing.orderFields')}
          value={order.value}
          lines={3}
          onChange={(text) => {
            order.value = text
            take()
          }}
        />
      </div>
      {pairs.value.map(([from, to], at) => (
        <div key={at} class="form-row">
          <TextField
            label={t('editing.field')}
            value={from}
            onChange={(next) => setPairs(replaced(pairs.peek(), at, [next, to]))}
          />
          <TextField
            label={t('editing.renameTo')}
            value={to}
            onChange={(next) => setPairs(replaced(pairs.peek(), at, [from, next]))}
          />
          <SmallButton
            icon="trash"
            label={t('editing.remove', { name: from })}
            onClick={() => setPairs(removed(pairs.peek(), at))}
          />
        </div>
      ))}
      <Button
        icon="plus"
        label={t('editing.addRename')}
        onClick={() => {
          pairs.value = [...pairs.peek(), ['', '']]
        }}
      />
    </>
  )
}

interface TransformationFormProps {
  readonly step: Transformation
  readonly onChange: (step: Transformation) => void
}

export function TransformationForm({ step, onChange }: TransformationFormProps) {
  const Form = forms[step.kind] as (props: FormProps<TransformationKind>) => JSX.Element
  return <Form step={step} onChange={onChange} />
}
