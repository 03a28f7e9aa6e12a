import type { ComponentType } from 'preact'
import { IconButton } from '../../../../components/button.tsx'
import { loadRoom, t } from '../../../../shell/i18n.ts'
import { Lazy } from '../../../../shell/lazy.tsx'
import type { Asked } from './add-panel.ts'
import { adding } from './adding.ts'

const load = async (): Promise<ComponentType> => {
  const [dialog] = await Promise.all([import('./add-dialog.tsx'), loadRoom('dashboardEdit')])
  return dialog.AddDialog
}

/** Makes a panel of a query that is on screen. */
export function AddButton({ language, expr, kind }: Asked) {
  return (
    <>
      <IconButton
        icon="dashboard"
        label={t('charts.addToDashboard')}
        testId="add-to-dashboard"
        onClick={() => {
          adding.value = { language, expr, kind }
        }}
      />
      {adding.value === undefined ? null : <Lazy load={load} />}
    </>
  )
}
