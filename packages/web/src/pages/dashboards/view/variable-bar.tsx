import type { Dashboard } from '@girok/server/contract'
import { Popover } from '../../../components/popover.tsx'
import { t } from '../../../shell/i18n.ts'
import { choose, chosen, variables } from '../model/dashboard-state.ts'
import type { VariableState } from '../model/variables.ts'
import { VariablePicker } from './variable-picker.tsx'
import { wordsOf } from './variable-words.ts'

/** The variables that can be chosen, each with its values. */
export function VariableBar({ dashboard }: { readonly dashboard: Dashboard }) {
  const shown = dashboard.variables.filter(({ kind, hidden }) => kind !== 'constant' && hidden !== true)
  if (shown.length === 0) return null
  return (
    <div class="dash-variables" role="group" aria-label={t('dashboards.variables')}>
      {shown.map(({ name }) => {
        const state = variables.value.get(name)
        return state === undefined ? null : <Variable key={name} state={state} />
      })}
    </div>
  )
}

function Variable({ state }: { readonly state: VariableState }) {
  const { variable, fault } = state
  const { name, label = name } = variable
  const values = chosen.value.get(name) ?? []
  if (variable.kind === 'text') {
    return (
      <label class="dash-variable-text">
        <span class="dim">{label}</span>
        <input
          value={values[0] ?? ''}
          data-testid={`variable-${name}`}
          onChange={(event) => choose(name, [event.currentTarget.value])}
        />
      </label>
    )
  }
  return (
    <>
      <Popover
        label={label}
        testId={`variable-${name}`}
        text={
          <>
            <span class="dim">{label}</span>
            <span class="dash-variable-value">{wordsOf(state, values)}</span>
          </>
        }
      >
        {(close) => <VariablePicker state={state} values={values} onDone={close} />}
      </Popover>
      {fault === '' ? null : (
        <span class="fault" role="alert">
          {t('dashboards.valuesFault', { reason: fault })}
        </span>
      )}
    </>
  )
}
