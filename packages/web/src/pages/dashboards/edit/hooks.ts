import { computed, signal } from '@preact/signals'
import { navigate, place } from '../../../shell/router.ts'
import type { ShownPanel } from '../model/repeat.ts'

/** What those who only look at dashboards need to know of editing. Its code is fetched when it is turned on. */

/** Whether the dashboard is being changed: panels can then be focused and moved. */
export const editing = computed(() => new URLSearchParams(place.value.search).get('edit') === '1')

/** Turns editing on or off. With changes that are not saved, turning it off asks first. */
export function setEditing(on: boolean): void {
  const { path, search } = place.peek()
  const params = new URLSearchParams(search)
  if (on) params.set('edit', '1')
  else params.delete('edit')
  // All panels are there to be moved.
  params.delete('panel')
  const text = params.toString()
  navigate(path, text === '' ? '' : `?${text}`, true)
}

/** Whether the dialog for a new dashboard is open. */
export const newOpen = signal(false)

/** An entry that editing adds to the menu of a panel or row. */
export interface PanelAction {
  readonly label: string
  readonly testId: string
  readonly run: () => void
}

/** What editing adds to the menus; undefined while its code is not there. */
export const panelActions = signal<((shown: ShownPanel) => readonly PanelAction[]) | undefined>(undefined)
