import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { toast } from '../../../components/toast.tsx'
import { t } from '../../../shell/i18n.ts'
import { saved } from '../model/dashboard-state.ts'
import { openDialog, remove, saveFault, saving } from './session.ts'

function close(): void {
  openDialog.value = undefined
}

/** Asks once before a dashboard is deleted. */
export function DeleteDialog() {
  const title = saved.value?.dashboard.title ?? ''
  const run = async (): Promise<void> => {
    const done = await remove()
    // What stands in its way is told by the question about conflicts.
    if (done || saveFault.peek() === undefined) close()
    if (done) toast(t('dashboardEdit.deleted', { title }))
  }
  return (
    <Dialog title={t('dashboardEdit.deleteTitle')} onClose={close}>
      <div class="form">
        <p>{t('dashboardEdit.deleteText', { title })}</p>
        {saveFault.value === undefined ? null : (
          <p class="fault" role="alert">
            {saveFault.value.message}
          </p>
        )}
        <div class="form-end">
          <Button label={t('dashboardEdit.cancel')} onClick={close} />
          <Button
            kind="danger"
            label={t('dashboardEdit.deleteYes')}
            disabled={saving.value}
            testId="delete-yes"
            onClick={() => void run()}
          />
        </div>
      </div>
    </Dialog>
  )
}
