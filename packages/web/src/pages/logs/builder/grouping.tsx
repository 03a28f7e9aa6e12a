import { useSignal } from '@preact/signals'
import { t } from '../../../shell/i18n.ts'
import { fieldChoices } from './choices.ts'
import { Combobox } from './combobox.tsx'
import { RemoveButton, Select } from './controls.tsx'
import type { GroupingRow } from './model.ts'
import { model } from './state.ts'
import { isLabelName } from './values.ts'

interface GroupingProps {
  readonly grouping: GroupingRow | undefined
  readonly testId: string
  readonly onChange: (grouping: GroupingRow | undefined) => void
}

/** `by (…)` or `without (…)`: one series for each combination of the labels. */
export function Grouping({ grouping, testId, onChange }: GroupingProps) {
  const typed = useSignal('')
  const labels = grouping?.labels ?? []
  const without = grouping?.without ?? false
  const add = (name: string): void => {
    typed.value = ''
    if (!labels.includes(name)) onChange({ without, labels: [...labels, name] })
  }
  return (
    <span class="builder-grouping" role="group" aria-label={t('builder.grouping')}>
      <Select
        label={t('builder.grouping')}
        value={without ? 'without' : 'by'}
        options={[
          ['by', t('builder.by')],
          ['without', t('builder.without')],
        ]}
        onChange={(word) => onChange(grouping === undefined ? undefined : { labels, without: word === 'without' })}
      />
      {labels.map((name) => (
        <span key={name} class="builder-chip mono">
          {name}
          <RemoveButton
            label={t('builder.removeName', { name })}
            onClick={() => {
              const rest = labels.filter((one) => one !== name)
              onChange(rest.length === 0 ? undefined : { without, labels: rest })
            }}
          />
        </span>
      ))}
      <Combobox
        label={t('builder.addGroup')}
        value={typed.value}
        testId={testId}
        load={() => fieldChoices(model.peek(), model.peek().stages.length)}
        onInput={(text) => {
          typed.value = text
        }}
        onPick={({ value }) => add(value)}
        onEnter={(text) => {
          if (isLabelName(text)) add(text)
        }}
      />
    </span>
  )
}
