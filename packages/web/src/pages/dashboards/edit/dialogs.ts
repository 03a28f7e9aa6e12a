import type { Load } from '../slots.ts'
import type { EditDialog } from './session.ts'

/** The code of each dialog of editing, fetched when it is first opened. */
export const editDialogs: Readonly<Partial<Record<EditDialog, Load>>> = {}

/** The editor of the panel that `openedPanel` names. */
export const panelEditor: readonly Load[] = []
