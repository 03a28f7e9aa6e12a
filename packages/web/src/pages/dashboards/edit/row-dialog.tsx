import type { Panel } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { t } from '../../../shell/i18n.ts'
import { dashboard } from '../model/dashboard-state.ts'
import { changePanels, nameOf } from './panel-actions.ts'
import { openedPanel } from './session.ts'
import { TextField } from './text-field.tsx'

function close(): void {
  openedPanel.value = undefined
}

/** The title of a row of panels, and whether it is closed at first. */
export function RowDialog({ row }: { readonly row: Panel }) {
  const title = useSignal(row.title)
  const closed = useSignal(row.collapsed === true)
  const apply = (): void => {
    close()
    const panels = dashboard.peek()?.panels ?? []
    const next = { ...row, title: title.peek().trim(), collapsed: closed.peek() }
    changePanels(
      panels.map((one) => (one.id === row.id ? next : one)),
      t('dashboardEdit.changedRow', { title: nameOf(next) }),
    )
  }
  return (
    <Dialog title={t('dashboardEdit.row')} onClose={close}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          apply()
        }}
      >
        <TextField label={t('dashboardEdit.rowTitle')} text={title} testId="row-title" first />
        <label>
          <input
            type="checkbox"
            checked={closed.value}
            onChange={(event) => {
              closed.value = event.currentTarget.checked
            }}
          />{' '}
          {t('dashboardEdit.rowClosed')}
        </label>
        <div class="form-end">
          <Button label={t('dashboardEdit.cancel')} onClick={close} />
          <button type="submit" class="button primary" data-testid="row-apply">
            <span>{t('dashboardEdit.apply')}</span>
          </button>
        </div>
      </form>
    </Dialog>
  )
}
