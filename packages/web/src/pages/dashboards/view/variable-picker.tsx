import { useSignal } from '@preact/signals'
import { MenuItem } from '../../../components/popover.tsx'
import { SearchField } from '../../../components/search-field.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { choose } from '../model/dashboard-state.ts'
import { everyValue, type VariableState } from '../model/variables.ts'
import { wordOf } from './variable-words.ts'

/** Values on screen at once; of more, words find the rest. */
const mostShown = 200
/** Fewer are found quicker by looking. */
const searchFrom = 8

interface VariablePickerProps {
  readonly state: VariableState
  readonly values: readonly string[]
  readonly onDone: () => void
}

/** The values of a variable: one of them, or several, found by words. A value that has no data now can be typed. */
export function VariablePicker({ state, values, onDone }: VariablePickerProps) {
  const { variable, options = [] } = state
  const { name, label = name, multi = false, includeAll = false } = variable
  const search = useSignal('')
  const typed = search.value.trim()
  const word = typed.normalize('NFC').toLowerCase()
  const missing = values.filter((value) => value !== everyValue && !options.includes(value))
  const all = [...missing, ...options]
  const found = all.filter((value) => value.normalize('NFC').toLowerCase().includes(word))
  const fromData = variable.kind === 'labels' || variable.kind === 'query'

  const pick = (value: string): void => {
    if (!multi || value === everyValue) {
      choose(name, [value])
      onDone()
      return
    }
    const rest = values.filter((one) => one !== everyValue)
    const next = rest.includes(value) ? rest.filter((one) => one !== value) : [...rest, value]
    choose(name, next.length === 0 && includeAll ? [everyValue] : next.length === 0 ? [value] : next)
  }
  return (
    <div class="menu dash-picker" data-testid={`values-${name}`}>
      {all.length >= searchFrom || fromData ? (
        <SearchField label={t('dashboards.searchValues', { name: label })} text={search} testId="search-values" />
      ) : null}
      {includeAll && word === '' ? (
        <MenuItem
          label={t('dashboards.all')}
          checked={values[0] === everyValue}
          testId="value-all"
          onClick={() => pick(everyValue)}
        />
      ) : null}
      {found.slice(0, mostShown).map((value) => (
        <MenuItem
          key={value}
          label={wordOf(variable, value)}
          checked={values.includes(value)}
          testId="value"
          onClick={() => pick(value)}
        />
      ))}
      {found.length > mostShown ? (
        <p class="hint dash-hint">{t('dashboards.moreValues', { count: n(found.length - mostShown) })}</p>
      ) : null}
      {found.length === 0 ? <p class="hint dash-hint">{t('dashboards.noValueFits')}</p> : null}
      {fromData && typed !== '' && !all.includes(typed) ? (
        <MenuItem label={t('dashboards.useTyped', { text: typed })} testId="value-typed" onClick={() => pick(typed)} />
      ) : null}
    </div>
  )
}
