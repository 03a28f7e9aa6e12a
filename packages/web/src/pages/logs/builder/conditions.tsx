import { t } from '../../../shell/i18n.ts'
import { conditionFilter } from './build-stage.ts'
import { type FieldChoice, fieldChoices, fieldValueChoices } from './choices.ts'
import { Combobox } from './combobox.tsx'
import { AddButton, RemoveButton, Select } from './controls.tsx'
import { matchOptions, picked } from './matchers.tsx'
import type { Condition, ConditionOp } from './model.ts'
import { model, replaced } from './state.ts'

const comparisons = ['#==', '#!=', '#>', '#>=', '#<', '#<='] as const

function conditionOptions(): readonly (readonly [ConditionOp, string])[] {
  return [...matchOptions(), ...comparisons.map((op) => [op, `${op.slice(1)}  ${t(`builder.compare.${op}`)}`] as const)]
}

interface ConditionsProps {
  readonly stage: number
  readonly conditions: readonly Condition[]
  readonly onChange: (conditions: readonly Condition[]) => void
  /** A field was chosen whose values a parser makes. */
  readonly onField: (index: number, choice: FieldChoice) => void
}

/** Conditions on fields: all of them one stage. */
export function Conditions({ stage, conditions, onChange, onField }: ConditionsProps) {
  const put = (index: number, condition: Condition | undefined): void =>
    onChange(replaced(conditions, index, condition))
  return (
    <>
      {conditions.map((condition, index) => {
        const { name, op, value } = condition
        const compares = op.startsWith('#')
        return (
          <span
            key={index}
            class="builder-condition"
            role="group"
            aria-label={t('builder.condition', { n: index + 1 })}
          >
            {index === 0 ? null : (
              <Select
                label={t('builder.join')}
                value={condition.join}
                options={[
                  ['and', t('builder.and')],
                  ['or', t('builder.or')],
                ]}
                onChange={(join) => put(index, { ...condition, join })}
              />
            )}
            <Combobox
              label={t('builder.fieldName')}
              value={name}
              testId={`field-name-${stage}-${index}`}
              load={() => fieldChoices(model.peek(), stage)}
              onInput={(text) => put(index, { ...condition, name: text })}
              onPick={(choice) => onField(index, choice)}
            />
            <Select
              label={t('builder.operator')}
              value={op}
              options={conditionOptions()}
              testId={`field-op-${stage}-${index}`}
              onChange={(next) => put(index, { ...condition, op: next })}
            />
            <Combobox
              label={compares ? t('builder.number') : t('builder.value')}
              value={value ?? ''}
              invalid={value !== undefined && value !== '' && name !== '' && conditionFilter(condition) === undefined}
              testId={`field-value-${stage}-${index}`}
              load={() => fieldValueChoices(model.peek(), stage, name)}
              onInput={(text) => put(index, { ...condition, value: text })}
              onPick={(choice) => put(index, { ...condition, value: picked(op, value, choice.value) })}
            />
            {conditions.length === 1 ? null : (
              <RemoveButton label={t('builder.remove')} onClick={() => put(index, undefined)} />
            )}
          </span>
        )
      })}
      <AddButton
        label={t('builder.addCondition')}
        onClick={() => onChange([...conditions, { join: 'and', name: '', op: '=', value: undefined }])}
      />
    </>
  )
}
