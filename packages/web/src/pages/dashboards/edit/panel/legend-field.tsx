import type { PanelQuery } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { t } from '../../../../shell/i18n.ts'
import { answerLabels } from './answer-labels.ts'
import { openLabel, withLabel } from './legend-text.ts'

const example = '{{label}}'
/** Labels offered at once. */
const mostOffered = 20

interface LegendFieldProps {
  readonly query: PanelQuery
  readonly onChange: (legend: string) => void
}

/** How series are named. While it is written, the labels that the series have are offered. */
export function LegendField({ query, onChange }: LegendFieldProps) {
  const { legend = '' } = query
  const field = useRef<HTMLInputElement>(null)
  const labels = useSignal<readonly string[]>([])
  const at = useSignal(0)
  const load = async (): Promise<void> => {
    labels.value = await answerLabels(query)
  }
  const open = openLabel(legend, at.value)
  const offered = labels.value.filter((label) => label.startsWith(open?.typed ?? '')).slice(0, mostOffered)
  const insert = (label: string): void => {
    const next = withLabel(legend, field.current?.selectionStart ?? legend.length, label)
    onChange(next.text)
    at.value = next.at
    // The cursor can go there when the text is.
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(next.at, next.at)
    })
  }
  return (
    <div class="legend-field">
      <label class="field">
        <span>{t('editing.legend')}</span>
        <input
          ref={field}
          class="mono"
          value={legend}
          placeholder={example}
          maxLength={1000}
          autocomplete="off"
          spellcheck={false}
          data-testid="legend"
          onFocus={() => void load()}
          onInput={(event) => {
            at.value = event.currentTarget.selectionStart ?? 0
            onChange(event.currentTarget.value)
          }}
        />
      </label>
      {offered.length === 0 ? null : (
        <div class="legend-labels" role="group" aria-label={t('editing.legendLabels')}>
          {offered.map((label) => (
            <button
              key={label}
              type="button"
              class="chip mono"
              data-testid="legend-label"
              onClick={() => insert(label)}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
