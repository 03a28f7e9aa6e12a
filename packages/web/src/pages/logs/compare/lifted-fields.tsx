import { n, t } from '../../../shell/i18n.ts'
import { includeValue } from '../query/rewrite.ts'
import { oneLine } from '../rows/visible-text.ts'
import type { ComparedField, ComparedValue, Comparison } from './compare-data.ts'
import { Counts } from './counts.tsx'
import { leastStrength, liftText, strengthOf } from './differences.ts'
import { showLinesIn } from './show-lines.ts'

/** Which values of fields became more or less frequent, the most telling first. */
export function LiftedFields({ comparison }: { readonly comparison: Comparison }) {
  const list = comparison.answer.fields
    .map((field) => ({ ...field, values: field.values.filter((value) => strengthOf(value) >= leastStrength) }))
    .filter((field) => field.values.length > 0)
  return (
    <section class="lifted-fields" aria-labelledby="lifted-fields-title">
      <div class="view-head">
        <h2 id="lifted-fields-title">{t('compare.fields')}</h2>
        <p class="hint">{t('compare.fieldsHint')}</p>
      </div>
      {list.length === 0 ? <p class="hint view-note">{t('compare.noFields')}</p> : null}
      {list.map((field) => (
        <div key={field.name} class="lifted-field" data-testid={`lifted-${field.name}`}>
          <h3 class="mono">{field.name}</h3>
          <ul>
            {field.values.map((value) => (
              <LiftedValue key={value.value} field={field} value={value} comparison={comparison} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}

function LiftedValue(props: {
  readonly field: ComparedField
  readonly value: ComparedValue
  readonly comparison: Comparison
}) {
  const { field, value, comparison } = props
  const shown = value.value === '' ? t('fields.empty') : oneLine(value.value)
  const narrow = (query: string): string =>
    includeValue(query, { name: field.name, value: value.value, origin: field.origin })
  const rarer = value.lift < 1
  return (
    <li class="lifted-value">
      <button
        type="button"
        class="pattern-button"
        dir="ltr"
        title={t('compare.filterBy', { name: field.name, value: shown })}
        data-testid="lifted-value"
        onClick={() => showLinesIn(value.count > 0 ? 'now' : 'base', comparison, narrow)}
      >
        {shown}
      </button>
      <span
        class={rarer ? 'lift lift-less' : 'lift lift-more'}
        title={rarer ? t('compare.rarer') : t('compare.oftener')}
        data-testid="lift"
      >
        {liftText(value.lift, n)}
      </span>
      <Counts comparison={comparison} count={value.count} baseCount={value.baseCount} narrow={narrow} />
    </li>
  )
}
