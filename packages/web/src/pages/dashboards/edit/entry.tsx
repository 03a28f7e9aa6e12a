import type { ComponentType } from 'preact'
import { Button, IconButton } from '../../../components/button.tsx'
import { loadRoom, t } from '../../../shell/i18n.ts'
import { type Shortcut, useShortcuts } from '../../../shell/keys.ts'
import { Lazy } from '../../../shell/lazy.tsx'
import { editing, newOpen, setEditing } from './hooks.ts'

/** Where editing begins. The rest of it is fetched when it does. */

const loadEditing = async (): Promise<ComponentType> => {
  const [editor] = await Promise.all([import('./editor.tsx'), loadRoom('dashboardEdit')])
  return editor.Editor
}

const loadNew = async (): Promise<ComponentType> => {
  const [dialog] = await Promise.all([import('./new-dialog.tsx'), loadRoom('dashboardEdit')])
  return dialog.NewDialog
}

const toggle = (): void => setEditing(!editing.peek())

const shortcuts: readonly Shortcut[] = [
  { id: 'dashboard edit', keys: ['e'], title: 'dashboards.edit', group: 'dashboards.keys', run: toggle },
]

/** In the title bar. */
export function EditButton() {
  useShortcuts(shortcuts)
  return (
    <IconButton
      icon="edit"
      label={editing.value ? t('dashboards.editEnd') : t('dashboards.edit')}
      pressed={editing.value}
      shortcut="dashboard edit"
      testId="edit"
      onClick={toggle}
    />
  )
}

/** Between the bars and the panels, while the dashboard is being changed. */
export function EditPlace() {
  return editing.value ? <Lazy load={loadEditing} /> : null
}

/** Beside the heading of the list. */
export function NewButton() {
  return (
    <>
      <Button
        icon="plus"
        kind="primary"
        label={t('dashboards.new')}
        testId="new-dashboard"
        onClick={() => {
          newOpen.value = true
        }}
      />
      {newOpen.value ? <Lazy load={loadNew} /> : null}
    </>
  )
}
