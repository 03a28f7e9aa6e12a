import type { DashboardVariable } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { n, t } from '../../../../shell/i18n.ts'
import { range, scopeOf } from '../../model/dashboard-state.ts'
import { fetchVariable, variableFault as wordsOfFault } from '../../model/variable-data.ts'
import { fixedOptions } from '../../model/variables.ts'

const pauseMs = 500
const mostShown = 30
const anyStepMs = 15_000

/** The values that a variable has now. */
export function VariableValues({ variable }: { readonly variable: DashboardVariable }) {
  const values = useSignal<readonly string[] | undefined>(undefined)
  const fault = useSignal('')
  const key = JSON.stringify(variable)
  useEffect(() => {
    const fixed = fixedOptions(variable)
    if (fixed !== undefined) {
      values.value = fixed
      fault.value = ''
      return
    }
    const abort = new AbortController()
    const load = async (): Promise<void> => {
      const shown = range.peek()
      if (shown === undefined) return
      try {
        values.value = await fetchVariable(variable, scopeOf(shown, anyStepMs), shown, abort.signal)
        fault.value = ''
      } catch (error) {
        if (!abort.signal.aborted) fault.value = wordsOfFault(error)
      }
    }
    const timer = setTimeout(() => void load(), pauseMs)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [key])
  const found = values.value ?? []
  return (
    <div class="variable-values" aria-live="polite" data-testid="variable-values">
      {fault.value === '' ? null : <p class="fault">{t('dashboards.valuesFault', { reason: fault.value })}</p>}
      {values.value === undefined ? null : (
        <p class="hint">{t('editing.valuesNow', { n: found.length, count: n(found.length) })}</p>
      )}
      <p class="variable-value-list" dir="ltr">
        {found.slice(0, mostShown).map((value) => (
          <code key={value}>{value}</code>
        ))}
        {found.length > mostShown ? <span class="dim">…</span> : null}
      </p>
    </div>
  )
}
