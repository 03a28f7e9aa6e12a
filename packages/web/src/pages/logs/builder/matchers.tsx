import type { MatchOp } from '@girok/query'
import { t } from '../../../shell/i18n.ts'
import { escapeRegex } from '../query/rewrite.ts'
import { isCompleteMatcher } from './build-stage.ts'
import { labelChoices, valueChoices } from './choices.ts'
import { Combobox } from './combobox.tsx'
import { AddButton, RemoveButton, Select } from './controls.tsx'
import type { MatcherRow } from './model.ts'
import { edit, model, replaced } from './state.ts'
import { isLabelName } from './values.ts'

export const matchOps: readonly MatchOp[] = ['=', '!=', '=~', '!~']

/** Options of an operator: its sign and its words. */
export function matchOptions(): readonly (readonly [MatchOp, string])[] {
  return matchOps.map((op) => [op, `${op}  ${t(`builder.match.${op}`)}`])
}

/** A value chosen for a regular expression joins the values that stand there. */
export function picked(op: string, old: string | undefined, value: string): string {
  if (op !== '=~' && op !== '!~') return value
  const choice = escapeRegex(value)
  const parts = old === undefined || old === '' || old === '.+' ? [] : old.split('|')
  return parts.includes(choice) ? parts.join('|') : [...parts, choice].join('|')
}

/** The labels that choose streams. */
export function Matchers() {
  const { matchers } = model.value
  const put = (index: number, row: MatcherRow | undefined): void => edit({ matchers: replaced(matchers, index, row) })
  return (
    <div class="builder-items">
      {matchers.map((row, index) => (
        <span key={index} class="builder-item" role="group" aria-label={t('builder.label', { n: index + 1 })}>
          <Combobox
            label={t('builder.labelName')}
            value={row.name}
            invalid={row.name !== '' && !isLabelName(row.name)}
            testId={`label-name-${index}`}
            load={() => labelChoices(model.peek(), index)}
            onInput={(name) => put(index, { ...row, name })}
          />
          <Select
            label={t('builder.operator')}
            value={row.op}
            options={matchOptions()}
            testId={`label-op-${index}`}
            onChange={(op) => put(index, { ...row, op })}
          />
          <Combobox
            label={t('builder.value')}
            value={row.value ?? ''}
            size={14}
            testId={`label-value-${index}`}
            load={() => valueChoices(model.peek(), index)}
            onInput={(value) => put(index, { ...row, value })}
            onPick={({ value }) => put(index, { ...row, value: picked(row.op, row.value, value) })}
          />
          <RemoveButton label={t('builder.remove')} onClick={() => put(index, undefined)} />
        </span>
      ))}
      <AddButton
        label={t('builder.addLabel')}
        testId="add-label"
        onClick={() => edit({ matchers: [...matchers, { name: '', op: '=', value: undefined }] })}
      />
      {matchers.some(isCompleteMatcher) ? null : <span class="hint">{t('builder.allStreams')}</span>}
    </div>
  )
}
