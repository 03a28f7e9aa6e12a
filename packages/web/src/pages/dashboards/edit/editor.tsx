import { useEffect } from 'preact/hooks'
import { type Shortcut, useShortcuts } from '../../../shell/keys.ts'
import { Lazy } from '../../../shell/lazy.tsx'
import { dashboard } from '../model/dashboard-state.ts'
import { editDialogs, panelEditor } from './dialogs.ts'
import { startDragging } from './drag.ts'
import { EditBar } from './edit-bar.tsx'
import { panelActions } from './hooks.ts'
import { startEditKeys } from './keyboard.ts'
import { actionsOf } from './panel-actions.ts'
import { Questions } from './questions.tsx'
import { RowDialog } from './row-dialog.tsx'
import { openDialog, openedPanel, startSession, told } from './session.ts'

const group = 'dashboardEdit.keys'
/** `keyboard.ts` runs these: here they are listed for the sheet of keys. */
const listed = (id: string, keys: readonly string[], title: Shortcut['title']): Shortcut => ({
  id,
  keys,
  title,
  group,
  run: () => false,
})

const shortcuts: readonly Shortcut[] = [
  listed('edit undo', ['Ctrl+z'], 'dashboardEdit.undo'),
  listed('edit redo', ['Ctrl+Shift+z'], 'dashboardEdit.redo'),
  listed('edit save', ['Ctrl+s'], 'dashboardEdit.keySave'),
  listed('edit move', ['Alt+←↑↓→'], 'dashboardEdit.keyMove'),
  listed('edit resize', ['Alt+Shift+←↑↓→'], 'dashboardEdit.keyResize'),
  listed('edit open', ['Enter'], 'dashboardEdit.keyOpen'),
  listed('edit remove', ['Delete'], 'dashboardEdit.keyRemove'),
]

/** Changing the dashboard of the page: its bar, its dialogs, and what makes panels movable. */
export function Editor() {
  useShortcuts(shortcuts)
  useEffect(() => {
    panelActions.value = actionsOf
    const stops = [startSession(), startDragging(), startEditKeys()]
    return () => {
      panelActions.value = undefined
      for (const stop of stops) stop()
    }
  }, [])
  const dialog = openDialog.value === undefined ? undefined : editDialogs[openDialog.value]
  return (
    <>
      <EditBar />
      {dialog === undefined ? null : <Lazy key={openDialog.value} load={dialog} />}
      <OpenedPanel />
      <Questions />
      <p class="offscreen" role="status" data-testid="edit-told">
        {told.value}
      </p>
    </>
  )
}

function OpenedPanel() {
  const opened = dashboard.value?.panels.find(({ id }) => id === openedPanel.value)
  if (opened === undefined) return null
  if (opened.kind === 'row') return <RowDialog key={opened.id} row={opened} />
  return (
    <>
      {panelEditor.map((load, index) => (
        <Lazy key={index} load={load} />
      ))}
    </>
  )
}
