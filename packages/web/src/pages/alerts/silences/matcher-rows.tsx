import { Button } from '../../../components/button.tsx'
import { SmallButton } from '../../../components/small-button.tsx'
import { t } from '../../../shell/i18n.ts'
import { type LabelMatcher, type MatcherOp, matcherOps } from '../parts/matcher-text.ts'

interface MatcherRowsProps {
  readonly matchers: readonly LabelMatcher[]
  readonly onChange: (matchers: readonly LabelMatcher[]) => void
}

/** Conditions on labels, one a row; all must hold. */
export function MatcherRows({ matchers, onChange }: MatcherRowsProps) {
  const set = (at: number, change: Partial<LabelMatcher>): void =>
    onChange(matchers.map((one, index) => (index === at ? { ...one, ...change } : one)))
  return (
    <div class="form-list" role="group" aria-label={t('alerts.silences.matchers')}>
      {matchers.map((matcher, at) => (
        <div key={at} class="pair matcher-row">
          <input
            class="mono"
            aria-label={t('alerts.silences.label')}
            data-testid={`matcher-name-${at}`}
            placeholder={t('alerts.silences.label')}
            value={matcher.name}
            onInput={(event) => set(at, { name: event.currentTarget.value })}
          />
          <select
            aria-label={t('alerts.silences.operator')}
            data-testid={`matcher-op-${at}`}
            value={matcher.op}
            onChange={(event) => set(at, { op: event.currentTarget.value as MatcherOp })}
          >
            {matcherOps.map((op) => (
              <option key={op} value={op}>
                {op}
              </option>
            ))}
          </select>
          <input
            class="mono"
            aria-label={t('alerts.silences.value')}
            data-testid={`matcher-value-${at}`}
            placeholder={t('alerts.silences.value')}
            value={matcher.value}
            onInput={(event) => set(at, { value: event.currentTarget.value })}
          />
          <SmallButton
            icon="trash"
            label={t('alerts.form.removePair', { name: matcher.name })}
            testId={`matcher-remove-${at}`}
            onClick={() => onChange(matchers.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <Button
        icon="plus"
        label={t('alerts.silences.addMatcher')}
        testId="matcher-add"
        onClick={() => onChange([...matchers, { name: '', op: '=', value: '' }])}
      />
    </div>
  )
}
