import type { PanelPlace } from '../../model/dashboard.ts'
import { itemsOf, type Json, jsonOf, numberOf, textOf, wholeWithin } from './json.ts'
import type { Notes } from './notes.ts'

/** A panel of the dashboard, out of its row, with its place. */
export interface PlacedPanel {
  readonly panel: Json
  readonly place: PanelPlace
}

const COLUMNS = 24
const LOWEST = 100_000
/** Pixels of a row of the grid with its gap, to which heights in pixels of old rows are rounded. */
const ROW_PIXELS = 38

/** All panels in one list, rows among them as headings. Panels of closed rows get a place of their own below their row. */
export function placePanels(dashboard: Json, notes: Notes): readonly PlacedPanel[] {
  const placed = Array.isArray(dashboard.panels)
    ? placeOnGrid(itemsOf(dashboard.panels), notes)
    : placeRows(itemsOf(dashboard.rows), notes)
  return placed
}

function placeOnGrid(panels: readonly Json[], notes: Notes): readonly PlacedPanel[] {
  const originals = panels.filter((panel) => !isCopy(panel))
  let copies = panels.length - originals.length
  const placed: PlacedPanel[] = []
  let shift = 0
  for (const { panel, place } of inOrder(originals)) {
    placed.push({ panel, place: down(place, shift) })
    const all = itemsOf(panel.panels)
    const nested = all.filter((one) => !isCopy(one))
    copies += all.length - nested.length
    if (nested.length === 0) continue
    const below = inOrder(nested)
    const top = Math.min(...below.map((one) => one.place.y))
    const bottom = Math.max(...below.map((one) => one.place.y + one.place.h))
    // In a closed row the panels still stand where they were when it was open: what comes after it makes room again.
    for (const one of below) {
      placed.push({ panel: one.panel, place: down(one.place, place.y + place.h + shift - top) })
    }
    shift += bottom - top
  }
  tellCopies(copies, notes)
  return placed
}

/** By height, then from the left; those without a place come last, one below the other. */
function inOrder(panels: readonly Json[]): readonly PlacedPanel[] {
  let bottom = 0
  const found: PlacedPanel[] = []
  const lost: Json[] = []
  for (const panel of panels) {
    const { x, y, w, h } = jsonOf(panel.gridPos)
    if (numberOf(y) === undefined || numberOf(w) === undefined) {
      lost.push(panel)
      continue
    }
    const left = wholeWithin(x, 0, COLUMNS - 1, 0)
    const place = {
      x: left,
      y: wholeWithin(y, 0, LOWEST / 2, 0),
      w: wholeWithin(w, 1, COLUMNS - left, COLUMNS - left),
      h: wholeWithin(h, 1, 1_000, panel.type === 'row' ? 1 : 8),
    }
    bottom = Math.max(bottom, place.y + place.h)
    found.push({ panel, place })
  }
  const ordered = found.sort((a, b) => a.place.y - b.place.y || a.place.x - b.place.x)
  for (const panel of lost) {
    const h = panel.type === 'row' ? 1 : 8
    ordered.push({ panel, place: { x: 0, y: bottom, w: panel.type === 'row' ? COLUMNS : 12, h } })
    bottom += h
  }
  return ordered
}

function down(place: PanelPlace, rows: number): PanelPlace {
  return { ...place, y: Math.min(LOWEST, Math.max(0, place.y + rows)) }
}

/** Rows with panels of a width in twelfths, from before there was a grid. Headings stand only where a row had one. */
function placeRows(rows: readonly Json[], notes: Notes): readonly PlacedPanel[] {
  const originals = rows.filter(
    (row) => textOf(row.repeat) !== undefined || numberOf(row.repeatIteration) === undefined,
  )
  let copies = rows.length - originals.length
  const hasHeadings = originals.some(
    (row) => row.collapse === true || row.showTitle === true || textOf(row.repeat) !== undefined,
  )
  const placed: PlacedPanel[] = []
  let y = 0
  for (const row of originals) {
    if (hasHeadings) {
      const heading = { type: 'row', title: row.title, collapsed: row.collapse === true, repeat: row.repeat }
      placed.push({ panel: heading, place: { x: 0, y, w: COLUMNS, h: 1 } })
      y++
    }
    const all = itemsOf(row.panels)
    const panels = all.filter((panel) => !isCopy(panel))
    copies += all.length - panels.length
    let x = 0
    let height = 0
    for (const panel of panels) {
      const w = wholeWithin((numberOf(panel.span) ?? 4) * 2, 1, COLUMNS, 8)
      const h = heightOf(panel.height) ?? heightOf(row.height) ?? 7
      if (x + w > COLUMNS) {
        x = 0
        y += height
        height = 0
      }
      placed.push({ panel, place: { x, y: Math.min(LOWEST, y), w, h } })
      x += w
      height = Math.max(height, h)
    }
    y = Math.min(LOWEST, y + height)
  }
  tellCopies(copies, notes)
  return placed
}

/** `250`, `"250px"` */
function heightOf(given: unknown): number | undefined {
  const pixels = numberOf(typeof given === 'string' ? given.replace(/px$/, '') : given)
  return pixels === undefined || pixels <= 0 ? undefined : Math.min(1_000, Math.max(3, Math.ceil(pixels / ROW_PIXELS)))
}

/** Grafana saves what repetition has made along with what it was made of. */
function isCopy(panel: Json): boolean {
  if (textOf(panel.repeat) !== undefined) return false
  const ofRow = panel.type === 'row' && numberOf(panel.repeatIteration) !== undefined
  return ofRow || numberOf(panel.repeatPanelId) !== undefined
}

function tellCopies(copies: number, notes: Notes): void {
  if (copies > 0)
    notes.add(`${copies} repetitions of panels and rows are left out: they are made anew of the values chosen`)
}
