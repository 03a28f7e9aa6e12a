import { useSignalEffect } from '@preact/signals'
import { t } from '../../../shell/i18n.ts'
import { draft, run } from '../model/explorer.ts'
import { CalculationFields } from './calculation.tsx'
import { Matchers } from './matchers.tsx'
import { OuterRows } from './outer.tsx'
import { Stages } from './stages.tsx'
import { model, readDraft, trouble } from './state.ts'

/** The query in the box as fields to fill in. Both say the same at all times: what is filled in here is written there. */
export function Builder() {
  useSignalEffect(() => readDraft(draft.value))
  const state = trouble.value
  const stale = state?.kind === 'mistake' || state?.kind === 'noLines'
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.isComposing || event.defaultPrevented) return
    if (event.target instanceof HTMLInputElement && event.target.type === 'text') run()
  }
  return (
    <section class="builder" aria-label={t('builder.title')} data-testid="builder" onKeyDown={onKeyDown}>
      {state === undefined ? null : (
        <p class={stale ? 'builder-trouble' : 'builder-trouble hint'} role="status" data-testid="builder-trouble">
          {state.kind === 'mistake' ? t('builder.mistake', { reason: state.message }) : t(`builder.${state.kind}`)}
        </p>
      )}
      {stale ? null : (
        <div class="builder-grid">
          <h3>{t('builder.streams')}</h3>
          <div>
            <Matchers />
          </div>
          <h3>{t('builder.lines')}</h3>
          <div>
            <Stages />
          </div>
          <h3>{t('builder.result')}</h3>
          <div>
            <CalculationFields />
            {model.value.calculation === undefined ? null : <OuterRows />}
          </div>
        </div>
      )}
    </section>
  )
}
