import type { DashboardVariable } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { Button } from '../../../../components/button.tsx'
import { Dialog } from '../../../../components/dialog.tsx'
import { t } from '../../../../shell/i18n.ts'
import { dashboard } from '../../model/dashboard-state.ts'
import { moved, removed, replaced } from '../panel/list-order.ts'
import { ListTools } from '../panel/list-tools.tsx'
import { change, openDialog } from '../session.ts'
import { blankVariable, tidiedVariable, variableFault } from './variable-draft.ts'
import { VariableForm } from './variable-form.tsx'
import { VariableValues } from './variable-values.tsx'

interface Item {
  /** Stays with the variable while its name and place change. */
  readonly key: number
  readonly variable: DashboardVariable
}

function close(): void {
  openDialog.value = undefined
}

/** The variables of the dashboard: their order, and the form of the one that is open. */
export function VariablesDialog() {
  const items = useSignal<readonly Item[]>(
    (dashboard.peek()?.variables ?? []).map((variable, key) => ({ key, variable })),
  )
  const open = useSignal(items.peek()[0]?.key)
  const list = items.value
  const faultOf = ({ key, variable }: Item) =>
    variableFault(
      variable,
      list.filter((one) => one.key !== key).map((one) => one.variable),
    )
  const good = list.every((item) => faultOf(item) === undefined)
  const add = (): void => {
    const key = list.reduce((most, one) => Math.max(most, one.key), -1) + 1
    items.value = [...list, { key, variable: blankVariable(list.map(({ variable }) => variable)) }]
    open.value = key
  }
  const apply = (): void => {
    const shown = dashboard.peek()
    close()
    if (shown === undefined) return
    const variables = list.map(({ variable }) => tidiedVariable(variable))
    const names = new Set(variables.map(({ name }) => name))
    // A panel cannot repeat over what is not there.
    const panels = shown.panels.map((panel) => {
      if (panel.repeat === undefined || names.has(panel.repeat.variable)) return panel
      const { repeat: _, ...rest } = panel
      return rest
    })
    change({ ...shown, variables, panels }, t('editing.variablesChanged'))
  }
  return (
    <Dialog title={t('editing.variables')} onClose={close} wide>
      <div class="variables-dialog" data-testid="variables-dialog">
        {list.length === 0 ? <p class="hint">{t('editing.noVariables')}</p> : null}
        <ul class="variable-list">
          {list.map((item, at) => {
            const { key, variable } = item
            const isOpen = open.value === key
            return (
              <li key={key} data-testid="variable" data-variable={variable.name}>
                <div class="form-step-head">
                  <button
                    type="button"
                    class="variable-head"
                    aria-expanded={isOpen}
                    onClick={() => {
                      open.value = isOpen ? undefined : key
                    }}
                  >
                    <code>${variable.name}</code>
                    <span class="dim">{t(`editing.variable.${variable.kind}`)}</span>
                    {faultOf(item) === undefined ? null : <span class="warning">{t('editing.incomplete')}</span>}
                  </button>
                  <ListTools
                    name={`$${variable.name}`}
                    at={at}
                    count={list.length}
                    onMove={(by) => {
                      items.value = moved(list, at, by)
                    }}
                    onRemove={() => {
                      items.value = removed(list, at)
                    }}
                  />
                </div>
                {isOpen ? (
                  <>
                    <VariableForm
                      variable={variable}
                      fault={faultOf(item)}
                      onChange={(next) => {
                        items.value = replaced(list, at, { key, variable: next })
                      }}
                    />
                    {faultOf(item) === undefined ? <VariableValues variable={variable} /> : null}
                  </>
                ) : null}
              </li>
            )
          })}
        </ul>
        <Button icon="plus" label={t('editing.addVariable')} testId="add-variable" onClick={add} />
        <div class="form-end sticky">
          <Button label={t('editing.cancel')} testId="variables-cancel" onClick={close} />
          <Button kind="primary" label={t('editing.apply')} disabled={!good} testId="variables-apply" onClick={apply} />
        </div>
      </div>
    </Dialog>
  )
}
