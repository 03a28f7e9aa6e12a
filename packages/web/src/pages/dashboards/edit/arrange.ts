import type { Panel, PanelPlace } from '@girok/server/contract'
import { compact, gridColumns, placeBelow } from '../model/layout.ts'
import { type Block, blocksOf, type ShownPanel } from '../model/repeat.ts'

/**
 * Changing where panels lie. What is dragged is on screen, where repetitions take room and closed rows none; what is kept
 * are the panels of the dashboard. So places on screen are brought back to places within the row that a panel belongs to.
 */

/** The panel there. One that lies there already stays the same object: what is made of its data need not be made anew. */
function at(panel: Panel, place: PanelPlace): Panel {
  const { x, y, w, h } = panel.place
  return x === place.x && y === place.y && w === place.w && h === place.h ? panel : { ...panel, place }
}

/** The panels of all blocks one below the other, without gaps. `origin` are those that they were made of. */
function joined(blocks: readonly Block[], origin: readonly Panel[] = []): Panel[] {
  const before = new Map(origin.map((panel) => [panel.id, panel]))
  const all: Panel[] = []
  let top = 0
  for (const { row, panels } of blocks) {
    if (row !== undefined) {
      all.push(at(before.get(row.id) ?? row, { x: 0, y: top, w: gridColumns, h: 1 }))
      top += 1
    }
    const settled = compact(panels)
    for (const panel of settled) {
      all.push(at(before.get(panel.id) ?? panel, { ...panel.place, y: panel.place.y + top }))
    }
    top += settled.reduce((height, { place }) => Math.max(height, place.y + place.h), 0)
  }
  return all
}

/** The box around all repetitions of a panel on screen; undefined when it is not there. */
function boxOf(shown: readonly ShownPanel[], id: number): PanelPlace | undefined {
  const places = shown.filter(({ panel }) => panel.id === id).map(({ place }) => place)
  if (places.length === 0) return undefined
  const x = Math.min(...places.map((place) => place.x))
  const y = Math.min(...places.map((place) => place.y))
  return {
    x,
    y,
    w: Math.max(...places.map((place) => place.x + place.w)) - x,
    h: Math.max(...places.map((place) => place.y + place.h)) - y,
  }
}

/** The block that a height on screen lies in: of the open ones the last that begins there or above. */
function blockAt(blocks: readonly Block[], shown: readonly ShownPanel[], y: number, isOpen: (row: Panel) => boolean) {
  return blocks.reduce((found, { row }, index) => {
    const top = row === undefined ? 0 : boxOf(shown, row.id)?.y
    return row !== undefined && top !== undefined && top < y && isOpen(row) ? index : found
  }, 0)
}

/**
 * Gives a panel on screen another place; what lies there makes room below, and all close up. `place` is on the grid of
 * the screen; in a closed row nothing is put. A row takes its panels along.
 */
export function arrange(
  panels: readonly Panel[],
  shown: readonly ShownPanel[],
  moved: ShownPanel,
  place: PanelPlace,
  isOpen: (row: Panel) => boolean,
): Panel[] {
  const blocks = blocksOf(panels)
  const { panel } = moved
  if (panel.kind === 'row') return joined(withRowAt(blocks, shown, panel.id, place.y), panels)
  const from = blocks.findIndex((block) => block.panels.some(({ id }) => id === panel.id))
  const resized = place.w !== moved.place.w || place.h !== moved.place.h
  const to = resized ? from : blockAt(blocks, shown, place.y, isOpen)
  return joined(
    blocks.map((block, index) => {
      const others = block.panels.filter(({ id }) => id !== panel.id)
      if (index !== to) return { ...block, panels: others }
      const goal = resized ? place : { ...place, y: dropHeight(others, shown, moved.place, place, from === to) }
      const own = resized ? block.panels : [...others, panel]
      return { ...block, panels: settled(own, shown, new Map([[panel.id, goal]]), resized ? undefined : panel.id) }
    }),
    panels,
  )
}

/**
 * How deep a panel comes to lie among others that close up without it: below those whose middle its upper edge has
 * passed, or its lower edge when they were below it.
 */
function dropHeight(
  others: readonly Panel[],
  shown: readonly ShownPanel[],
  start: PanelPlace,
  place: PanelPlace,
  sameBlock: boolean,
): number {
  const boxes = others.map(({ id, place }) => ({ id, place: boxOf(shown, id) ?? place }))
  const passed = boxes.filter(({ place: box }) => {
    if (box.x >= place.x + place.w || place.x >= box.x + box.w) return false
    const wasBelow = sameBlock && box.y >= start.y + start.h
    return box.y + box.h / 2 < (wasBelow ? place.y + place.h : place.y)
  })
  const above = new Set(passed.map(({ id }) => id))
  return compact(boxes).reduce((y, { id, place }) => (above.has(id) ? Math.max(y, place.y + place.h) : y), 0)
}

/**
 * Panels of a block, some of them in places on screen that they are given; the first of these wins its place. One that
 * was lifted out has let the others close up before.
 */
function settled(
  panels: readonly Panel[],
  shown: readonly ShownPanel[],
  given: ReadonlyMap<number, PanelPlace>,
  lifted?: number,
): Panel[] {
  const boxes = panels.map(({ id, place }) => ({ id, place: boxOf(shown, id) ?? place }))
  const closed = lifted === undefined ? boxes : compact(boxes.filter(({ id }) => id !== lifted))
  const items = panels.map(({ id, place }) => ({
    id,
    place: given.get(id) ?? closed.find((one) => one.id === id)?.place ?? place,
  }))
  const [first] = given.keys()
  const places = new Map(compact(items, first).map(({ id, place }) => [id, place]))
  return panels.map((panel) => {
    const next = places.get(panel.id) ?? panel.place
    const { repeat, place } = panel
    if (repeat === undefined) return { ...panel, place: next }
    // How wide repetitions are, their number says; the box around all of them says only how deep they lie.
    const h = given.get(panel.id)?.h ?? place.h
    return { ...panel, place: { ...place, y: next.y, h } }
  })
}

/** The row before the first of the others whose middle is below that height. */
function withRowAt(blocks: readonly Block[], shown: readonly ShownPanel[], id: number, y: number): Block[] {
  const block = blocks.find(({ row }) => row?.id === id)
  if (block === undefined) return [...blocks]
  const others = blocks.filter((one) => one !== block)
  const at = others.filter(({ row, panels }) => {
    // Panels before all rows belong to none.
    if (row === undefined) return true
    const boxes = [row, ...panels].flatMap((one) => boxOf(shown, one.id) ?? [])
    const top = Math.min(...boxes.map((box) => box.y))
    const bottom = Math.max(...boxes.map((box) => box.y + box.h))
    return (top + bottom) / 2 < y
  }).length
  return [...others.slice(0, at), block, ...others.slice(at)]
}

/** Moves a panel before or behind its neighbour in reading order, or a row with its panels past another row. */
export function reorder(
  panels: readonly Panel[],
  shown: readonly ShownPanel[],
  moved: ShownPanel,
  by: -1 | 1,
  isOpen: (row: Panel) => boolean,
): Panel[] {
  const blocks = blocksOf(panels)
  if (moved.panel.kind === 'row') return joined(withRowPast(blocks, moved.panel.id, by), panels)
  const ordered = [...shown].sort((a, b) => a.place.y - b.place.y || a.place.x - b.place.x)
  const own = ordered.flatMap(({ panel }, index) => (panel.id === moved.panel.id ? [index] : []))
  const other = ordered[by < 0 ? (own[0] ?? 0) - 1 : (own.at(-1) ?? ordered.length) + 1]
  if (other === undefined) return [...panels]
  if (other.panel.kind === 'row') {
    // Out of its row, or into the next.
    return arrange(panels, shown, moved, { ...moved.place, y: Math.max(0, other.place.y + by) }, isOpen)
  }
  const [later, earlier] = by < 0 ? [moved, other] : [other, moved]
  const start = earlier.place
  const beside =
    start.y === later.place.y ? { ...start, x: start.x + later.place.w } : { ...start, y: start.y + later.place.h }
  const places = new Map([
    [later.panel.id, { ...later.place, x: start.x, y: start.y }],
    [earlier.panel.id, beside],
  ])
  return joined(
    blocks.map((block) => ({ ...block, panels: settled(block.panels, shown, places) })),
    panels,
  )
}

function withRowPast(blocks: readonly Block[], id: number, by: -1 | 1): Block[] {
  const at = blocks.findIndex(({ row }) => row?.id === id)
  const to = at + by
  const [block, other] = [blocks[at], blocks[to]]
  // Panels before all rows belong to none, and stay first.
  if (block === undefined || other?.row === undefined) return [...blocks]
  return blocks.map((one, index) => (index === to ? block : index === at ? other : one))
}

const sizes: Readonly<Partial<Record<Panel['kind'], readonly [w: number, h: number]>>> = {
  row: [gridColumns, 1],
  value: [6, 4],
  gauge: [6, 6],
  text: [12, 5],
  logs: [gridColumns, 10],
  table: [12, 8],
}

export function nextId(panels: readonly Panel[]): number {
  return panels.reduce((most, { id }) => Math.max(most, id), 0) + 1
}

/** With an empty panel at the end of what is open, of the size that its kind usually has. */
export function withNew(
  panels: readonly Panel[],
  kind: Panel['kind'],
  title: string,
  isOpen: (row: Panel) => boolean,
): { readonly panels: Panel[]; readonly id: number } {
  const [w, h] = sizes[kind] ?? [12, 8]
  const id = nextId(panels)
  const blocks = blocksOf(panels)
  const made = (place: PanelPlace): Panel => ({ id, title, kind, place, queries: [] })
  if (kind === 'row') {
    return { panels: joined([...blocks, { row: made({ x: 0, y: 0, w, h }), panels: [] }]), id }
  }
  const last = blocks.findLastIndex(({ row }) => row === undefined || isOpen(row))
  const all = blocks.map((block, index) => {
    if (index !== last) return block
    const before = compact(block.panels)
    return { ...block, panels: [...before, made(besideLast(before, w, h))] }
  })
  return { panels: joined(all), id }
}

/** Beside the last panel when there is room, else below all. */
function besideLast(panels: readonly Panel[], w: number, h: number): PanelPlace {
  const below = placeBelow(panels, w, h)
  const last = panels.findLast(({ place }) => place.y + place.h === below.y)
  const x = last === undefined ? gridColumns : last.place.x + last.place.w
  return last === undefined || x + w > gridColumns ? below : { x, y: last.place.y, w, h }
}

/** With a copy of a panel below it. */
export function withCopy(
  panels: readonly Panel[],
  source: Panel,
  title: string,
): {
  readonly panels: Panel[]
  readonly id: number
} {
  const id = nextId(panels)
  const blocks = blocksOf(panels)
  const copied = blocks.map((block) => {
    const found = block.panels.find((one) => one.id === source.id)
    if (found === undefined) return block
    const copy: Panel = { ...found, id, title, place: { ...found.place, y: found.place.y + found.place.h } }
    return { ...block, panels: compact([...block.panels, copy], id) }
  })
  return { panels: joined(copied), id }
}

/** Without a panel; the panels of a row that goes belong to what is above it then. */
export function without(panels: readonly Panel[], id: number): Panel[] {
  return joined(blocksOf(joined(blocksOf(panels)).filter((panel) => panel.id !== id)))
}

/** Up or down past the nearest panel above or below, or into the row there; the place on screen, if there is any. */
export function placePast(shown: readonly ShownPanel[], moved: ShownPanel, by: -1 | 1): PanelPlace | undefined {
  const { x, y, w, h } = moved.place
  const near = shown
    .filter(({ panel, place }) => {
      if (panel.id === moved.panel.id || place.x >= x + w || x >= place.x + place.w) return false
      return by < 0 ? place.y + place.h <= y : place.y >= y + h
    })
    .sort((a, b) => by * (a.place.y - b.place.y))[0]
  if (near === undefined) return undefined
  const { place, panel } = near
  if (panel.kind === 'row') return { ...moved.place, y: Math.max(0, place.y + by) }
  return { ...moved.place, y: by < 0 ? place.y : place.y + place.h - h }
}
