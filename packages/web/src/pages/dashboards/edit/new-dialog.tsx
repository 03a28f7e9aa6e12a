import { createDashboard } from '../../../api/dashboards.ts'
import { t } from '../../../shell/i18n.ts'
import { navigate } from '../../../shell/router.ts'
import { newOpen } from './hooks.ts'
import { TitleForm } from './title-form.tsx'

function close(): void {
  newOpen.value = false
}

/** Makes an empty dashboard and goes there to fill it. */
export function NewDialog() {
  return (
    <TitleForm
      heading={t('dashboardEdit.new')}
      title=""
      submit={t('dashboardEdit.create')}
      onClose={close}
      onTitle={async (title) => {
        try {
          const made = await createDashboard({ title, time: { from: 'now-1h', to: 'now' }, variables: [], panels: [] })
          close()
          navigate(`/d/${encodeURIComponent(made.id)}`, '?edit=1')
          return undefined
        } catch (error) {
          return error instanceof Error ? error.message : String(error)
        }
      }}
    />
  )
}
