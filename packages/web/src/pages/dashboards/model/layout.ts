import type { PanelPlace } from '@girok/server/contract'

/** Columns of the grid. */
export const gridColumns = 24
/** Height of a row of the grid, pixels, and the room between panels. */
export const gridRowPixels = 32
export const gridGapPixels = 8

/** Whatever lies on the grid. */
export interface Placed {
  readonly id: number | string
  readonly place: PanelPlace
}

export function overlap(one: PanelPlace, other: PanelPlace): boolean {
  return one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h
}

/** The nearest place that lies on the grid: whole numbers, at least 1 × 1, no column beyond the last. */
export function onGrid({ x, y, w, h }: PanelPlace): PanelPlace {
  const width = clamp(Math.round(w), 1, gridColumns)
  return {
    x: clamp(Math.round(x), 0, gridColumns - width),
    y: Math.max(0, Math.round(y)),
    w: width,
    h: Math.max(1, Math.round(h)),
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Number.isFinite(value) ? value : least))
}

/** In reading order: from above, then from the left. */
function inOrder<T extends Placed>(items: readonly T[], first?: T['id']): T[] {
  return [...items].sort(
    (a, b) => a.place.y - b.place.y || Number(b.id === first) - Number(a.id === first) || a.place.x - b.place.x,
  )
}

/**
 * Moves everything up as far as it goes without passing another, in reading order; where two overlap, the later one is
 * pushed below. Answers the items in the order given. An item named first wins its place against others.
 */
export function compact<T extends Placed>(items: readonly T[], first?: T['id']): T[] {
  const settled: { readonly id: T['id']; readonly place: PanelPlace }[] = []
  for (const { id, place } of inOrder(pushDown(items, first), first)) {
    let y = place.y
    while (y > 0 && !settled.some((one) => overlap(one.place, { ...place, y: y - 1 }))) y -= 1
    settled.push({ id, place: { ...place, y } })
  }
  return withPlaces(items, settled)
}

/** No two overlap: whatever lies on another goes below it. */
function pushDown<T extends Placed>(items: readonly T[], first: T['id'] | undefined): T[] {
  const settled: T[] = []
  const winner = items.find(({ id }) => id === first)
  const others = inOrder(items.filter((item) => item !== winner))
  for (const item of winner === undefined ? others : [winner, ...others]) {
    let place = onGrid(item.place)
    for (let hit = settled.find((one) => overlap(one.place, place)); hit !== undefined; ) {
      place = { ...place, y: hit.place.y + hit.place.h }
      hit = settled.find((one) => overlap(one.place, place))
    }
    settled.push({ ...item, place })
  }
  return settled
}

function withPlaces<T extends Placed>(items: readonly T[], settled: readonly Placed[]): T[] {
  const places = new Map(settled.map(({ id, place }) => [id, place]))
  return items.map((item) => ({ ...item, place: places.get(item.id) ?? item.place }))
}

/** Smaller a panel cannot be made: nothing of it would be seen. */
const leastSide = 2

/** A place of another size, its upper left corner where it is; it grows no wider than to the last column. */
export function resized(place: PanelPlace, w: number, h: number): PanelPlace {
  return { ...place, w: clamp(w, leastSide, gridColumns - place.x), h: Math.max(leastSide, h) }
}

/** The first free place of a size below everything else. */
export function placeBelow(items: readonly Placed[], w: number, h: number): PanelPlace {
  const bottom = items.reduce((lowest, { place }) => Math.max(lowest, place.y + place.h), 0)
  return onGrid({ x: 0, y: bottom, w, h })
}
