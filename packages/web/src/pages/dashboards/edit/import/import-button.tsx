import type { ComponentType } from 'preact'
import { Button } from '../../../../components/button.tsx'
import { loadRoom, t } from '../../../../shell/i18n.ts'
import { Lazy } from '../../../../shell/lazy.tsx'
import { importing } from './importing.ts'

const load = async (): Promise<ComponentType> => {
  const [dialog] = await Promise.all([import('./import-dialog.tsx'), loadRoom('dashboardEdit')])
  return dialog.ImportDialog
}

/** Beside the heading of the list. */
export function ImportButton() {
  return (
    <>
      <Button
        icon="setup"
        label={t('dashboards.import')}
        testId="import-dashboard"
        onClick={() => {
          importing.value = true
        }}
      />
      {importing.value ? <Lazy load={load} /> : null}
    </>
  )
}
