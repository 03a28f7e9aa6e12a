import type { Dashboard, PanelPlace } from '@girok/server/contract'
import { t } from '../../../shell/i18n.ts'
import { dashboard, panels } from '../model/dashboard-state.ts'
import { gridColumns, gridGapPixels, gridRowPixels, resized } from '../model/layout.ts'
import type { ShownPanel } from '../model/repeat.ts'
import { arrange } from './arrange.ts'
import { isOpen, nameOf, tellPlace } from './panel-actions.ts'
import { change, endPreview, preview } from './session.ts'

/** Pixels that a pointer moves before it drags; less is a click. */
const dragFrom = 4
/** Pixels of the corner that resizes. */
const cornerPixels = 20
/** Nearer to the edge of what scrolls it scrolls by itself. */
const scrollEdge = 48

/** On narrow screens panels lie below one another whatever their places are. */
export function isNarrow(): boolean {
  return window.matchMedia('(max-width: 760px)').matches
}

/** A panel under way: where it began, and what the dashboard was then. */
interface Drag {
  readonly kind: 'move' | 'resize'
  readonly panel: ShownPanel
  readonly grid: HTMLElement
  readonly dashboard: Dashboard
  readonly shown: readonly ShownPanel[]
  readonly box: DOMRect
  /** Of the grid when the drag began: scrolling moves it. */
  readonly gridBox: DOMRect
  readonly fromX: number
  readonly fromY: number
  ghost: HTMLElement | undefined
  x: number
  y: number
  place: PanelPlace
}

function dragOf(event: PointerEvent): Drag | undefined {
  const target = event.target as Element
  const box = target.closest<HTMLElement>('[data-panel], [data-row-panel]')
  const grid = target.closest<HTMLElement>('.dash-grid')
  const now = dashboard.peek()
  if (box === null || grid === null || now === undefined || target.closest('.popover, .dash-menu') !== null) return
  const shown = panels.peek()
  const panel = shown.find(({ id }) => id === (box.dataset.panel ?? box.dataset.rowPanel))
  if (panel === undefined) return
  const rect = box.getBoundingClientRect()
  const corner = rect.right - event.clientX < cornerPixels && rect.bottom - event.clientY < cornerPixels
  const resizes = corner && panel.panel.kind !== 'row'
  if (!resizes && target.closest('.dash-panel-head, .dash-row') === null) return
  const { clientX: x, clientY: y } = event
  const gridBox = grid.getBoundingClientRect()
  const kind = resizes ? 'resize' : 'move'
  const from = { box: rect, gridBox, fromX: x, fromY: y, x, y, place: panel.place }
  return { kind, panel, grid, dashboard: now, shown, ghost: undefined, ...from }
}

/** The place on the grid that the pointer stands for. */
function placeAt({ kind, panel, grid, gridBox, fromX, fromY, x, y }: Drag): PanelPlace {
  const now = grid.getBoundingClientRect()
  const style = getComputedStyle(grid)
  const inner = now.width - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight)
  const column = (inner + gridGapPixels) / gridColumns
  const across = Math.round((x - fromX - (now.left - gridBox.left)) / column)
  const down = Math.round((y - fromY - (now.top - gridBox.top)) / (gridRowPixels + gridGapPixels))
  const { place } = panel
  if (kind === 'resize') return resized(place, place.w + across, place.h + down)
  const right = gridColumns - place.w
  return { ...place, x: Math.min(right, Math.max(0, place.x + across)), y: Math.max(0, place.y + down) }
}

/** The outline that follows the pointer, while the panel itself snaps to the grid. */
function ghostOf({ box, panel }: Drag): HTMLElement {
  const ghost = document.createElement('div')
  ghost.className = 'dash-ghost'
  ghost.textContent = nameOf(panel.panel)
  ghost.style.width = `${box.width}px`
  ghost.style.height = `${box.height}px`
  document.body.append(ghost)
  return ghost
}

function follow(drag: Drag): void {
  const { kind, box, fromX, fromY, x, y } = drag
  drag.ghost ??= ghostOf(drag)
  const [across, down] = [x - fromX, y - fromY]
  const { style } = drag.ghost
  if (kind === 'move') style.transform = `translate(${box.left + across}px, ${box.top + down}px)`
  else {
    style.transform = `translate(${box.left}px, ${box.top}px)`
    style.width = `${Math.max(40, box.width + across)}px`
    style.height = `${Math.max(40, box.height + down)}px`
  }
  const place = placeAt(drag)
  const last = drag.place
  if (place.x === last.x && place.y === last.y && place.w === last.w && place.h === last.h) return
  drag.place = place
  preview({ ...drag.dashboard, panels: arrange(drag.dashboard.panels, drag.shown, drag.panel, place, isOpen) })
}

/** A drag ends in a click on what is under the pointer, which nobody meant. */
function swallowClick(): void {
  const swallow = (event: Event): void => {
    event.preventDefault()
    event.stopPropagation()
  }
  window.addEventListener('click', swallow, { capture: true, once: true })
  setTimeout(() => window.removeEventListener('click', swallow, { capture: true }), 0)
}

/** Lets a pointer drag panels by their headings and resize them by their corners; answers what ends that. */
export function startDragging(): () => void {
  let drag: Drag | undefined
  let frame = 0

  const scroll = (): void => {
    const scroller = drag?.grid.closest('.dash-scroll')
    if (drag === undefined || scroller === null || scroller === undefined) return
    const { top, bottom } = scroller.getBoundingClientRect()
    const by = drag.y < top + scrollEdge ? -12 : drag.y > bottom - scrollEdge ? 12 : 0
    if (by !== 0) {
      scroller.scrollBy(0, by)
      follow(drag)
    }
    frame = requestAnimationFrame(scroll)
  }
  const end = (): void => {
    cancelAnimationFrame(frame)
    drag?.ghost?.remove()
    document.documentElement.removeAttribute('data-dragging')
    drag = undefined
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', drop)
    window.removeEventListener('pointercancel', cancel)
    window.removeEventListener('keydown', backOut, true)
  }
  const move = (event: PointerEvent): void => {
    if (drag === undefined) return
    drag.x = event.clientX
    drag.y = event.clientY
    const far = Math.hypot(drag.x - drag.fromX, drag.y - drag.fromY)
    if (drag.ghost === undefined) {
      if (far < dragFrom) return
      document.documentElement.setAttribute('data-dragging', drag.kind)
      frame = requestAnimationFrame(scroll)
    }
    follow(drag)
  }
  const drop = (): void => {
    const ended = drag
    end()
    if (ended?.ghost === undefined) return
    swallowClick()
    const now = dashboard.peek()
    const title = nameOf(ended.panel.panel)
    if (now === undefined || now === ended.dashboard) return
    change(now, t(ended.kind === 'move' ? 'dashboardEdit.moved' : 'dashboardEdit.resized', { title }))
    tellPlace(ended.panel.panel.id)
  }
  const cancel = (): void => {
    const begun = drag?.ghost !== undefined
    end()
    if (begun) endPreview()
  }
  const backOut = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    cancel()
  }
  const down = (event: PointerEvent): void => {
    if (event.button !== 0 || !event.isPrimary || drag !== undefined || isNarrow()) return
    drag = dragOf(event)
    if (drag === undefined) return
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', drop)
    window.addEventListener('pointercancel', cancel)
    window.addEventListener('keydown', backOut, true)
  }
  document.addEventListener('pointerdown', down)
  return () => {
    document.removeEventListener('pointerdown', down)
    cancel()
  }
}
