import { ChoiceField, TextField } from '../../../components/form-fields.tsx'
import { type MessageKey, t } from '../../../shell/i18n.ts'
import { type Comparison, comparisons, isRange, type Reducer, reducers } from './condition-text.ts'
import type { RuleDraft } from './draft.ts'
import { faults, patch, tried } from './edit-state.ts'

const reducerWords: Readonly<Record<Reducer, MessageKey>> = {
  last: 'alerts.reducer.last',
  avg: 'alerts.reducer.avg',
  min: 'alerts.reducer.min',
  max: 'alerts.reducer.max',
  sum: 'alerts.reducer.sum',
  count: 'alerts.reducer.count',
  median: 'alerts.reducer.median',
  first: 'alerts.reducer.first',
  diff: 'alerts.reducer.diff',
  diff_abs: 'alerts.reducer.diffAbs',
  percent_diff: 'alerts.reducer.percentDiff',
  percent_diff_abs: 'alerts.reducer.percentDiffAbs',
}
const comparisonWords: Readonly<Record<Comparison, MessageKey>> = {
  '>': 'alerts.comparison.above',
  '>=': 'alerts.comparison.atLeast',
  '<': 'alerts.comparison.below',
  '<=': 'alerts.comparison.atMost',
  '==': 'alerts.comparison.equal',
  '!=': 'alerts.comparison.notEqual',
  outside: 'alerts.comparison.outside',
  within: 'alerts.comparison.within',
}

/** When a rule fires: by a reducer of its values and a bound, or by whatever its query gives. */
export function ConditionForm({ draft }: { readonly draft: RuleDraft }) {
  const { mode, condition, over } = draft
  const change = (next: Partial<RuleDraft['condition']>): void => patch({ condition: { ...condition, ...next } })
  return (
    <div class="condition-form" role="group" aria-label={t('alerts.form.condition')}>
      <div class="segments">
        {(['condition', 'query'] as const).map((one) => (
          <button
            key={one}
            type="button"
            class="segment"
            aria-pressed={mode === one}
            data-testid={`mode-${one}`}
            onClick={() => patch({ mode: one })}
          >
            {t(`alerts.form.mode.${one}`)}
          </button>
        ))}
      </div>
      {mode === 'query' ? (
        <p class="hint">{t('alerts.form.queryHint')}</p>
      ) : (
        <div class="form-grid condition-grid">
          <ChoiceField
            label={t('alerts.form.reducer')}
            value={condition.reducer}
            choices={reducers.map((one) => [one, t(reducerWords[one])] as const)}
            testId="reducer"
            onChange={(reducer) => change({ reducer })}
          />
          <TextField
            label={t('alerts.form.over')}
            value={over}
            placeholder="5m"
            mono
            testId="over"
            fault={faults.value.has('over') ? t('alerts.form.badDuration') : undefined}
            onChange={(next) => patch({ over: next })}
          />
          <ChoiceField
            label={t('alerts.form.comparison')}
            value={condition.comparison}
            choices={comparisons.map((one) => [one, t(comparisonWords[one])] as const)}
            testId="comparison"
            onChange={(comparison) => change({ comparison })}
          />
          <TextField
            label={t('alerts.form.threshold')}
            value={condition.value}
            mono
            testId="threshold"
            fault={
              faults.value.has('condition') && (tried.value || condition.value !== '')
                ? t('alerts.form.badNumber')
                : undefined
            }
            onChange={(value) => change({ value })}
          />
          {isRange(condition.comparison) ? (
            <TextField
              label={t('alerts.form.upTo')}
              value={condition.upTo}
              mono
              testId="up-to"
              onChange={(upTo) => change({ upTo })}
            />
          ) : null}
        </div>
      )}
    </div>
  )
}
