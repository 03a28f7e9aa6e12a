import type { Load } from '../../../shell/lazy.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { SaveAsDialog } from './save-as-dialog.tsx'
import type { EditDialog } from './session.ts'
import { SettingsDialog } from './settings-dialog.tsx'
import { VersionsDialog } from './versions-dialog.tsx'

/** The dialogs of editing; greater ones come as code of their own when they are first opened. */
export const editDialogs: Readonly<Partial<Record<EditDialog, Load>>> = {
  settings: async () => SettingsDialog,
  saveAs: async () => SaveAsDialog,
  versions: async () => VersionsDialog,
  delete: async () => DeleteDialog,
  json: async () => (await import('./json/json-dialog.tsx')).JsonDialog,
  variables: async () => (await import('./variables/variables-dialog.tsx')).VariablesDialog,
}

/** The editor of the panel that `openedPanel` names. */
export const panelEditor: readonly Load[] = [async () => (await import('./panel/panel-editor.tsx')).PanelEditor]
