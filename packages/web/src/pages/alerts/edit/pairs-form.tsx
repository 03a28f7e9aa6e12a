import { Button } from '../../../components/button.tsx'
import { SmallButton } from '../../../components/small-button.tsx'
import { t } from '../../../shell/i18n.ts'
import type { Pair } from './draft.ts'

interface PairsFormProps {
  readonly label: string
  readonly pairs: readonly Pair[]
  /** Also the beginning of the test ids. */
  readonly name: string
  /** Values of more than one line. */
  readonly long?: boolean
  /** Names that are offered. */
  readonly names: readonly string[]
  readonly onChange: (pairs: readonly Pair[]) => void
}

/** Names with values, one a row. */
export function PairsForm({ label, pairs, name, long = false, names, onChange }: PairsFormProps) {
  const set = (at: number, change: Partial<Pair>): void =>
    onChange(pairs.map((one, index) => (index === at ? { ...one, ...change } : one)))
  return (
    <div class="form-list pairs" role="group" aria-label={label}>
      <h3>{label}</h3>
      <datalist id={`${name}-names`}>
        {names.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      {pairs.map((pair, at) => {
        const shared = {
          'aria-label': t('alerts.form.value', { name: pair.name === '' ? String(at + 1) : pair.name }),
          'data-testid': `${name}-value-${at}`,
          value: pair.value,
          onInput: (event: { readonly currentTarget: { readonly value: string } }) =>
            set(at, { value: event.currentTarget.value }),
        }
        return (
          <div key={at} class="pair">
            <input
              class="mono"
              list={`${name}-names`}
              aria-label={t('alerts.form.pairName', { label })}
              data-testid={`${name}-name-${at}`}
              value={pair.name}
              onInput={(event) => set(at, { name: event.currentTarget.value })}
            />
            {long ? <textarea rows={2} {...shared} /> : <input {...shared} />}
            <SmallButton
              icon="trash"
              label={t('alerts.form.removePair', { name: pair.name })}
              onClick={() => onChange(pairs.filter((_, index) => index !== at))}
            />
          </div>
        )
      })}
      <Button
        icon="plus"
        label={t('alerts.form.addPair')}
        testId={`${name}-add`}
        onClick={() => onChange([...pairs, { name: '', value: '' }])}
      />
    </div>
  )
}
