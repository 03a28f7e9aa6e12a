import { toast } from '../../../components/toast.tsx'
import { t } from '../../../shell/i18n.ts'
import { dashboard } from '../model/dashboard-state.ts'
import { openDialog, saveAs, saveFault } from './session.ts'
import { TitleForm } from './title-form.tsx'

function close(): void {
  openDialog.value = undefined
}

/** Keeps what is on screen as another dashboard. */
export function SaveAsDialog() {
  return (
    <TitleForm
      heading={t('dashboardEdit.saveAs')}
      title={t('dashboardEdit.copyOf', { title: dashboard.peek()?.title ?? '' })}
      submit={t('dashboardEdit.save')}
      onClose={close}
      onTitle={async (title) => {
        if (!(await saveAs(title))) return saveFault.peek()?.message ?? t('dashboardEdit.saveFault')
        close()
        toast(t('dashboardEdit.savedCopy', { title }))
        return undefined
      }}
    />
  )
}
