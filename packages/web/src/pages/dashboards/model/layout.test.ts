import { describe, expect, it } from 'vitest'
import { compact, gridColumns, onGrid, overlap, type Placed, placeBelow, resized } from './layout.ts'

const item = (id: number, x: number, y: number, w: number, h: number): Placed => ({ id, place: { x, y, w, h } })
const placeOf = (items: readonly Placed[], id: number) => {
  const place = items.find((one) => one.id === id)?.place
  return place === undefined ? [] : [place.x, place.y, place.w, place.h]
}

const placed = (
  items: readonly Placed[],
  id: Placed['id'],
  next: (place: Placed['place']) => Placed['place'],
): Placed[] =>
  compact(
    items.map((one) => (one.id === id ? { ...one, place: next(one.place) } : one)),
    id,
  )
const moveTo = (items: readonly Placed[], id: Placed['id'], x: number, y: number): Placed[] =>
  placed(items, id, (place) => ({ ...place, x, y }))
const resizeTo = (items: readonly Placed[], id: Placed['id'], w: number, h: number): Placed[] =>
  placed(items, id, (place) => resized(place, w, h))

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

describe('compact', () => {
  it('closes gaps upwards without passing others', () => {
    const items = compact([item(1, 0, 5, 12, 4), item(2, 0, 20, 24, 1), item(3, 12, 30, 12, 4)])
    expect(placeOf(items, 1)).toEqual([0, 0, 12, 4])
    expect(placeOf(items, 2)).toEqual([0, 4, 24, 1])
    // Beside the first there is room, but a row of full width lies between.
    expect(placeOf(items, 3)).toEqual([12, 5, 12, 4])
  })

  it('parts what overlaps, the upper one first', () => {
    const items = compact([item(1, 0, 0, 12, 6), item(2, 6, 3, 12, 6)])
    expect(placeOf(items, 1)).toEqual([0, 0, 12, 6])
    expect(placeOf(items, 2)).toEqual([6, 6, 12, 6])
  })

  it('brings what lies off the grid back onto it', () => {
    expect(onGrid({ x: 20, y: -3, w: 40, h: 0 })).toEqual({ x: 0, y: 0, w: 24, h: 1 })
    expect(onGrid({ x: 22, y: 1.4, w: 6, h: 2.6 })).toEqual({ x: 18, y: 1, w: 6, h: 3 })
    expect(onGrid({ x: Number.NaN, y: 0, w: Number.NaN, h: 1 })).toEqual({ x: 0, y: 0, w: 1, h: 1 })
  })
})

describe('moving and resizing', () => {
  const start = [item(1, 0, 0, 12, 4), item(2, 12, 0, 12, 4), item(3, 0, 4, 24, 4)]

  it('makes room below for what is moved', () => {
    const moved = moveTo(start, 1, 12, 0)
    expect(placeOf(moved, 1)).toEqual([12, 0, 12, 4])
    expect(placeOf(moved, 2)).toEqual([12, 4, 12, 4])
    expect(placeOf(moved, 3)).toEqual([0, 8, 24, 4])
  })

  it('changes the places of two that lie below one another', () => {
    const moved = moveTo(start, 3, 0, 0)
    expect(placeOf(moved, 3)).toEqual([0, 0, 24, 4])
    expect(placeOf(moved, 1)).toEqual([0, 4, 12, 4])
    expect(placeOf(moved, 2)).toEqual([12, 4, 12, 4])
  })

  it('pushes neighbours when one grows, and takes the room back when it shrinks', () => {
    const grown = resizeTo(start, 1, 24, 6)
    expect(placeOf(grown, 1)).toEqual([0, 0, 24, 6])
    expect(placeOf(grown, 2)).toEqual([12, 6, 12, 4])
    const shrunk = resizeTo(grown, 1, 12, 2)
    expect(placeOf(shrunk, 2)).toEqual([12, 0, 12, 4])
  })

  it('grows no further than to the last column', () => {
    expect(placeOf(resizeTo([item(1, 18, 0, 4, 4)], 1, 12, 4), 1)).toEqual([18, 0, 6, 4])
  })

  it('finds room for a new one', () => {
    expect(placeBelow(start, 12, 8)).toEqual({ x: 0, y: 8, w: 12, h: 8 })
    expect(placeBelow([], 12, 8)).toEqual({ x: 0, y: 0, w: 12, h: 8 })
  })

  it('never makes panels overlap, leave the grid or get lost, whatever is done', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = randomFrom(seed)
    const below = (most: number): number => Math.floor(random() * most)
    for (let round = 0; round < 60; round += 1) {
      let items: Placed[] = Array.from({ length: 1 + below(14) }, (_, id) =>
        item(id, below(30) - 3, below(40), 1 + below(26), 1 + below(10)),
      )
      const count = items.length
      items = compact(items)
      for (let step = 0; step < 25; step += 1) {
        const id = below(count)
        const [across, down] = [below(34) - 5, below(40) - 4]
        items = random() < 0.5 ? moveTo(items, id, across, down) : resizeTo(items, id, across, down)
        const told = `seed ${seed}, round ${round}, step ${step}`
        expect(
          items.map((one) => one.id),
          told,
        ).toEqual(Array.from({ length: count }, (_, at) => at))
        for (const [at, one] of items.entries()) {
          expect(one.place, told).toEqual(onGrid(one.place))
          expect(one.place.x + one.place.w, told).toBeLessThanOrEqual(gridColumns)
          for (const other of items.slice(at + 1)) expect(overlap(one.place, other.place), told).toBe(false)
        }
        // What is settled stays where it is.
        expect(compact(items), told).toEqual(items)
      }
    }
  })
})
