import { moveRange, widenRange } from '../../../explore/time-model.ts'
import type { Shortcut } from '../../../shell/keys.ts'
import { address, changeAddress, refresh, timeModel, undoZoom } from '../model/dashboard-state.ts'
import { closePoint, point } from '../panels/point-state.ts'

/** The panel that has the focus, or that the pointer is on. */
function panelAtHand(): string | undefined {
  const focused = document.activeElement?.closest<HTMLElement>('[data-panel]')
  return (focused ?? document.querySelector<HTMLElement>('[data-panel]:hover'))?.dataset.panel
}

/** Shows one panel alone, or all again. */
export function toggleSolo(id: string | undefined): boolean {
  if (address.peek().panel !== '') changeAddress({ panel: '' })
  else if (id === undefined) return false
  else changeAddress({ panel: id })
  return true
}

/** Without the bars of the app, on the whole screen where the browser allows it. */
export function toggleKiosk(): void {
  const { kiosk } = address.peek()
  changeAddress({ kiosk: !kiosk })
  if (kiosk) leaveFullscreen()
  else
    document.documentElement.requestFullscreen?.().catch(() => {
      // Frames and some browsers do not allow it: the bars are gone all the same.
    })
}

function leaveFullscreen(): void {
  if (document.fullscreenElement !== null) void document.exitFullscreen()
}

export function endKiosk(): void {
  if (address.peek().kiosk) changeAddress({ kiosk: false })
}

/** Escape takes back one thing at a time: a menu, a panel alone, full screen, the zoom. */
function takeBack(): boolean {
  if (point.peek() !== undefined) closePoint()
  else if (address.peek().panel !== '') changeAddress({ panel: '' })
  else if (address.peek().kiosk) toggleKiosk()
  else return undoZoom()
  return true
}

const group = 'dashboards.keys'

/** Keys of a dashboard. */
export const dashboardShortcuts: readonly Shortcut[] = [
  { id: 'dashboard refresh', keys: ['r'], title: 'dashboards.refresh', group, run: refresh },
  { id: 'dashboard kiosk', keys: ['f'], title: 'dashboards.kiosk', group, run: toggleKiosk },
  { id: 'dashboard view', keys: ['v'], title: 'dashboards.keyView', group, run: () => toggleSolo(panelAtHand()) },
  { id: 'earlier', keys: ['['], title: 'keys.earlier', group: 'keys.group.time', run: () => moveRange(timeModel, -1) },
  { id: 'later', keys: [']'], title: 'keys.later', group: 'keys.group.time', run: () => moveRange(timeModel, 1) },
  {
    id: 'zoomOut',
    keys: ['z'],
    title: 'dashboards.keyUndoZoom',
    group: 'keys.group.time',
    run: () => {
      if (!undoZoom()) widenRange(timeModel)
    },
  },
  { id: 'escape', keys: ['Escape'], title: 'dashboards.keyEscape', group, run: takeBack },
]
