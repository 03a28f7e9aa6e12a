import type { PanelPlace } from '@girok/server/contract'
import { t } from '../../../shell/i18n.ts'
import { dashboard, panels } from '../model/dashboard-state.ts'
import { gridColumns, resized } from '../model/layout.ts'
import type { ShownPanel } from '../model/repeat.ts'
import { arrange, placePast } from './arrange.ts'
import { isNarrow } from './drag.ts'
import { changePanels, focusPanel, isOpen, movePast, nameOf, removePanel, tellPlace } from './panel-actions.ts'
import { openPanel, redo, save, told, undo } from './session.ts'

type Arrow = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'

function isArrow(key: string): key is Arrow {
  return /^Arrow(Left|Right|Up|Down)$/.test(key)
}

/** Where Alt and an arrow bring a panel; undefined when it can go no further. */
function movedPlace(shown: ShownPanel, key: Arrow): PanelPlace | undefined {
  const { place } = shown
  if (key === 'ArrowUp' || key === 'ArrowDown') return placePast(panels.peek(), shown, key === 'ArrowUp' ? -1 : 1)
  const x = place.x + (key === 'ArrowLeft' ? -1 : 1)
  return x < 0 || x + place.w > gridColumns ? undefined : { ...place, x }
}

/** The size that Alt, shift and an arrow give. */
function resizedPlace({ place }: ShownPanel, key: Arrow): PanelPlace {
  const by = key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1
  const upright = key === 'ArrowUp' || key === 'ArrowDown'
  return resized(place, place.w + (upright ? 0 : by), place.h + (upright ? by : 0))
}

function runArrow(shown: ShownPanel, key: Arrow, resizes: boolean): void {
  const now = dashboard.peek()
  if (now === undefined) return
  const isRow = shown.panel.kind === 'row'
  if (!resizes && (isRow || isNarrow())) {
    if (key === 'ArrowUp' || key === 'ArrowDown') movePast(shown, key === 'ArrowUp' ? -1 : 1)
    return
  }
  if (isRow) return
  const place = resizes ? resizedPlace(shown, key) : movedPlace(shown, key)
  if (place === undefined) return
  const next = arrange(now.panels, panels.peek(), shown, place, isOpen)
  changePanels(next, t(resizes ? 'dashboardEdit.resized' : 'dashboardEdit.moved', { title: nameOf(shown.panel) }))
  tellPlace(shown.panel.id)
  focusPanel(shown.id)
}

/** Takes the latest change back and says so. */
export function undoAloud(): void {
  const what = undo()
  if (what !== undefined) told.value = t('dashboardEdit.undone', { what })
}

/** Makes a change again and says so. */
export function redoAloud(): void {
  const what = redo()
  if (what !== undefined) told.value = t('dashboardEdit.redone', { what })
}

/** Letters held with Ctrl or ⌘, by their place on the keyboard: input methods report other letters. */
function runHeld(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement
  const inField = target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)
  if (event.code === 'KeyS' && !event.shiftKey) void save()
  else if (inField) return false
  else if (event.code === 'KeyZ') event.shiftKey ? redoAloud() : undoAloud()
  else if (event.code === 'KeyY' && !event.shiftKey) redoAloud()
  else return false
  return true
}

function runOnPanel(event: KeyboardEvent): boolean {
  const box = event.target as HTMLElement
  const id = box.dataset.panel ?? box.dataset.rowPanel
  const shown = id === undefined ? undefined : panels.peek().find((one) => one.id === id)
  if (shown === undefined) return false
  if (event.altKey && isArrow(event.key)) runArrow(shown, event.key, event.shiftKey)
  else if (event.altKey || event.shiftKey) return false
  else if (event.key === 'Enter') openPanel(shown.panel.id)
  else if (event.key === 'Delete') removePanel(shown)
  else return false
  return true
}

/** Keys of editing: of panels that have the focus, and of undo, redo and saving; answers what ends that. */
export function startEditKeys(): () => void {
  const press = (event: KeyboardEvent): void => {
    // While an input method composes, keys belong to it.
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return
    if (document.querySelector('dialog[open]') !== null) return
    const held = event.ctrlKey || event.metaKey
    if (held && event.altKey) return
    if (held ? runHeld(event) : runOnPanel(event)) event.preventDefault()
  }
  document.addEventListener('keydown', press)
  return () => document.removeEventListener('keydown', press)
}
