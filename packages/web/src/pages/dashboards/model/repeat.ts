import type { Panel, PanelPlace } from '@girok/server/contract'
import { compact, gridColumns, overlap } from './layout.ts'

/** A panel as it is on screen: one of the dashboard, or one of its repetitions. */
export interface ShownPanel {
  /** `3`, of a repetition `3@gpu-1`; distinct on the screen and the same as long as the value is there. */
  readonly id: string
  readonly panel: Panel
  /** Where it lies: repetitions lie elsewhere than their panel. */
  readonly place: PanelPlace
  /** Variables that stand for one value within it. */
  readonly scoped: ReadonlyMap<string, string>
  /** The row that it belongs to, if any. */
  readonly row: string | undefined
}

/** The same for all that is not repeated: what is made of a panel's data then need not be made anew when others move. */
const unscoped: ReadonlyMap<string, string> = new Map()

/** Repetitions side by side in one line. */
const mostAbreast = 4

/**
 * The panels of a dashboard with each repetition, in reading order, closed up, those of closed rows left out. `valuesOf`
 * gives the values of a variable that are chosen; of one without values a panel stands once. `closed` says whether a row is.
 */
export function shownPanels(
  panels: readonly Panel[],
  valuesOf: (variable: string) => readonly string[],
  closed: (row: Panel, id: string) => boolean = (row) => row.collapsed === true,
): ShownPanel[] {
  const blocks = blocksOf(panels)
  const shown: ShownPanel[] = []
  let top = 0
  for (const block of blocks) {
    const { row } = block
    const values = row?.repeat === undefined ? [] : valuesOf(row.repeat.variable)
    const rounds: readonly (string | undefined)[] = values.length === 0 ? [undefined] : values
    for (const value of rounds) {
      const scoped =
        value === undefined || row?.repeat === undefined ? unscoped : new Map([[row.repeat.variable, value]])
      const suffix = value === undefined ? '' : `@${value}`
      const rowId = row === undefined ? undefined : `${row.id}${suffix}`
      if (row !== undefined && rowId !== undefined) {
        const place = { x: 0, y: top, w: gridColumns, h: 1 }
        shown.push({ id: rowId, panel: row, place, scoped, row: undefined })
        top += 1
        if (closed(row, rowId)) continue
      }
      const placed = repeatWithin(block.panels, valuesOf, { suffix, scoped, row: rowId })
      for (const one of placed) shown.push({ ...one, place: { ...one.place, y: one.place.y + top } })
      top += placed.reduce((height, { place }) => Math.max(height, place.y + place.h), 0)
    }
  }
  return compact(shown)
}

/** A row with its panels, or those before the first row. */
export interface Block {
  readonly row: Panel | undefined
  readonly panels: readonly Panel[]
}

/** The panels before the first row, and each row with those up to the next. */
export function blocksOf(panels: readonly Panel[]): Block[] {
  const ordered = [...panels].sort((a, b) => a.place.y - b.place.y || a.place.x - b.place.x)
  const blocks: { row: Panel | undefined; panels: Panel[] }[] = [{ row: undefined, panels: [] }]
  for (const panel of ordered) {
    if (panel.kind === 'row') blocks.push({ row: panel, panels: [] })
    else blocks.at(-1)?.panels.push(panel)
  }
  return blocks
}

/** The panels of one block from height 0 on, repetitions in their places and what lies below them moved down. */
function repeatWithin(
  panels: readonly Panel[],
  valuesOf: (variable: string) => readonly string[],
  within: { readonly suffix: string; readonly scoped: ReadonlyMap<string, string>; readonly row: string | undefined },
): ShownPanel[] {
  const shown: ShownPanel[] = []
  for (const panel of compact(panels)) {
    const { repeat } = panel
    const own = repeat === undefined ? undefined : within.scoped.get(repeat.variable)
    const values = repeat === undefined ? [] : own === undefined ? valuesOf(repeat.variable) : [own]
    const id = `${panel.id}${within.suffix}`
    if (repeat === undefined || values.length === 0) {
      shown.push({ id, panel, place: panel.place, scoped: within.scoped, row: within.row })
      continue
    }
    for (const [index, value] of values.entries()) {
      const place = repeatPlace(panel.place, repeat.direction, index, values.length)
      const scoped = new Map(within.scoped).set(repeat.variable, value)
      shown.push({ id: `${id}@${value}`, panel, place, scoped, row: within.row })
    }
  }
  return settleBelow(shown)
}

function repeatPlace(place: PanelPlace, direction: 'h' | 'v', index: number, count: number): PanelPlace {
  if (direction === 'v') return { ...place, y: place.y + index * place.h }
  const abreast = Math.min(count, mostAbreast)
  const w = Math.floor(gridColumns / abreast)
  return { x: (index % abreast) * w, y: place.y + Math.floor(index / abreast) * place.h, w, h: place.h }
}

/** In the order of the dashboard each goes below what it would lie on; so repetitions stay together. */
function settleBelow(panels: readonly ShownPanel[]): ShownPanel[] {
  const settled: ShownPanel[] = []
  for (const one of panels) {
    let { place } = one
    for (let hit = settled.find((other) => overlap(other.place, place)); hit !== undefined; ) {
      place = { ...place, y: hit.place.y + hit.place.h }
      hit = settled.find((other) => overlap(other.place, place))
    }
    settled.push({ ...one, place })
  }
  return compact(settled)
}
