import type { Panel, PanelKind } from '@girok/server/contract'
import { toast } from '../../../components/toast.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { dashboard, isClosed, panels, range, scopeOf } from '../model/dashboard-state.ts'
import { interpolateText } from '../model/interpolate.ts'
import type { ShownPanel } from '../model/repeat.ts'
import { reorder, withCopy, withNew, without } from './arrange.ts'
import type { PanelAction } from './hooks.ts'
import { change, openPanel, told, undo } from './session.ts'

/** A panel as it is called in messages: its title, variables filled in, else its kind. */
export function nameOf({ title, kind }: Panel): string {
  const now = range.peek()
  const words = now === undefined ? title : interpolateText(title, scopeOf(now, 15_000))
  return words.trim() === '' ? t(`dashboards.kind.${kind}`) : words
}

/** Whether the panels of a row are on screen; of one that is repeated, those of any of its values. */
export function isOpen(row: Panel): boolean {
  return panels.peek().some(({ panel, id }) => panel.id === row.id && !isClosed(panel, id))
}

/** Shows a dashboard with other panels; `what` changed. */
export function changePanels(next: readonly Panel[], what: string): void {
  const shown = dashboard.peek()
  if (shown !== undefined) change({ ...shown, panels: next }, what)
}

/** Says where a panel lies now, for those who do not see it. */
export function tellPlace(id: number): void {
  const found = panels.peek().find(({ panel }) => panel.id === id)
  if (found === undefined) return
  const { x, y, w, h } = found.place
  const place = { x: n(x + 1), y: n(y + 1), w: n(w), h: n(h) }
  told.value = t('dashboardEdit.toldPlace', { title: nameOf(found.panel), ...place })
}

/** Puts the focus on a panel once it is drawn. */
export function focusPanel(id: string): void {
  requestAnimationFrame(() => {
    const box = document.querySelector<HTMLElement>(
      `[data-panel="${CSS.escape(id)}"], [data-row-panel="${CSS.escape(id)}"]`,
    )
    box?.focus({ preventScroll: true })
    box?.scrollIntoView({ block: 'nearest' })
  })
}

/** Adds an empty panel and opens its editor. */
export function addPanel(kind: PanelKind): void {
  const shown = dashboard.peek()
  if (shown === undefined) return
  const kindName = t(`dashboards.kind.${kind}`)
  const made = withNew(shown.panels, kind, kindName, isOpen)
  changePanels(made.panels, t('dashboardEdit.added', { title: kindName }))
  focusPanel(String(made.id))
  openPanel(made.id)
}

export function duplicatePanel({ panel }: ShownPanel): void {
  const shown = dashboard.peek()
  if (shown === undefined) return
  const made = withCopy(shown.panels, panel, t('dashboardEdit.copyOf', { title: panel.title }))
  changePanels(made.panels, t('dashboardEdit.duplicated', { title: nameOf(panel) }))
  focusPanel(String(made.id))
}

export function removePanel({ panel }: ShownPanel): void {
  const shown = dashboard.peek()
  if (shown === undefined) return
  const what = t('dashboardEdit.removed', { title: nameOf(panel) })
  changePanels(without(shown.panels, panel.id), what)
  toast(t('dashboardEdit.gone', { title: nameOf(panel) }), { label: t('dashboardEdit.undo'), run: undo })
}

/** Moves a panel before or behind its neighbour. */
export function movePast(shown: ShownPanel, by: -1 | 1): void {
  const now = dashboard.peek()
  if (now === undefined) return
  const next = reorder(now.panels, panels.peek(), shown, by, isOpen)
  changePanels(next, t('dashboardEdit.moved', { title: nameOf(shown.panel) }))
  tellPlace(shown.panel.id)
  focusPanel(shown.id)
}

/** Entries of the menu of a panel or row. */
export function actionsOf(shown: ShownPanel): readonly PanelAction[] {
  const { panel } = shown
  const isRow = panel.kind === 'row'
  return [
    { label: t('dashboardEdit.editPanel'), testId: 'panel-edit', run: () => openPanel(panel.id) },
    ...(isRow
      ? []
      : [{ label: t('dashboardEdit.duplicate'), testId: 'panel-duplicate', run: () => duplicatePanel(shown) }]),
    { label: t('dashboardEdit.moveEarlier'), testId: 'panel-earlier', run: () => movePast(shown, -1) },
    { label: t('dashboardEdit.moveLater'), testId: 'panel-later', run: () => movePast(shown, 1) },
    {
      label: t(isRow ? 'dashboardEdit.removeRow' : 'dashboardEdit.remove'),
      testId: 'panel-remove',
      run: () => removePanel(shown),
    },
  ]
}
