import type { Panel, PanelKind } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { overlap } from '../model/layout.ts'
import { shownPanels } from '../model/repeat.ts'
import { arrange, placePast, reorder, withCopy, withNew, without } from './arrange.ts'

const panel = (id: number, x: number, y: number, w: number, h: number, more: Partial<Panel> = {}): Panel => ({
  id,
  title: `panel ${id}`,
  kind: 'line',
  place: { x, y, w, h },
  queries: [],
  ...more,
})
const row = (id: number, y: number, collapsed = false): Panel => panel(id, 0, y, 24, 1, { kind: 'row', collapsed })
const isOpen = (one: Panel): boolean => one.collapsed !== true
const values = (): readonly string[] => ['a', 'b', 'c']

/** Where each panel of a dashboard lies: `id: x,y w×h`. */
const places = (panels: readonly Panel[]): Record<number, string> =>
  Object.fromEntries(panels.map(({ id, place: { x, y, w, h } }) => [id, `${x},${y} ${w}×${h}`]))

function stage(panels: readonly Panel[]) {
  const shown = shownPanels(panels, values)
  const find = (id: number) => {
    const found = shown.find((one) => one.panel.id === id)
    if (found === undefined) throw new Error(`no panel ${id}`)
    return found
  }
  return {
    to: (id: number, patch: Partial<Panel['place']>) =>
      places(arrange(panels, shown, find(id), { ...find(id).place, ...patch }, isOpen)),
    order: (id: number, by: -1 | 1) => places(reorder(panels, shown, find(id), by, isOpen)),
    past: (id: number, by: -1 | 1) => {
      const place = placePast(shown, find(id), by)
      return place && places(arrange(panels, shown, find(id), place, isOpen))
    },
  }
}

const two = stage([panel(1, 0, 0, 12, 8), panel(2, 12, 0, 12, 8), panel(3, 0, 8, 12, 4)])
const rows = stage([panel(1, 0, 0, 24, 4), row(2, 4), panel(3, 0, 5, 12, 6), row(4, 11), panel(5, 0, 12, 12, 6)])

describe('moving a panel', () => {
  it('pushes what lies in its place below', () => {
    expect(two.to(2, { x: 0 })).toEqual({ 1: '0,8 12×8', 2: '0,0 12×8', 3: '0,16 12×4' })
  })
  it('goes past a panel once it covers half of it', () => {
    expect(two.to(1, { y: 1 })).toEqual({ 1: '0,0 12×8', 2: '12,0 12×8', 3: '0,8 12×4' })
    expect(two.to(1, { y: 3 })).toEqual({ 1: '0,4 12×8', 2: '12,0 12×8', 3: '0,0 12×4' })
    expect(two.to(3, { y: 5 })).toEqual({ 1: '0,0 12×8', 2: '12,0 12×8', 3: '0,8 12×4' })
    expect(two.to(3, { y: 3 })).toEqual({ 1: '0,4 12×8', 2: '12,0 12×8', 3: '0,0 12×4' })
  })
  it('closes the gap it leaves', () => {
    expect(two.to(1, { x: 12, y: 20 })).toEqual({ 1: '12,8 12×8', 2: '12,0 12×8', 3: '0,0 12×4' })
  })
  it('stays on the grid', () => {
    expect(two.to(2, { x: 40 })[2]).toBe('12,0 12×8')
    expect(two.to(2, { x: -9, y: -9 })[2]).toBe('0,0 12×8')
  })
  it('goes from one row into another, and never into a closed one', () => {
    expect(rows.to(3, { y: 12 })).toEqual({
      1: '0,0 24×4',
      2: '0,4 24×1',
      3: '0,6 12×6',
      4: '0,5 24×1',
      5: '0,12 12×6',
    })
    expect(rows.to(5, { y: 0 })[5]).toBe('0,0 12×6')
    const closed = stage([panel(1, 0, 0, 24, 4), row(2, 4, true), panel(3, 0, 5, 12, 6)])
    expect(closed.to(1, { y: 9 })).toEqual({ 1: '0,0 24×4', 2: '0,4 24×1', 3: '0,5 12×6' })
  })
  it('takes the panels of a row along', () => {
    expect(rows.to(4, { y: 5 })).toEqual({
      1: '0,0 24×4',
      2: '0,11 24×1',
      3: '0,12 12×6',
      4: '0,4 24×1',
      5: '0,5 12×6',
    })
    expect(rows.order(2, 1)).toEqual(rows.to(4, { y: 5 }))
    expect(rows.order(2, -1)).toEqual(
      places([panel(1, 0, 0, 24, 4), row(2, 4), panel(3, 0, 5, 12, 6), row(4, 11), panel(5, 0, 12, 12, 6)]),
    )
  })
  it('leaves repetitions as wide as their number makes them', () => {
    const repeated = stage([
      panel(1, 0, 0, 24, 6, { repeat: { variable: 'v', direction: 'h' } }),
      panel(2, 0, 6, 24, 4),
    ])
    expect(repeated.to(2, { y: 0 })).toEqual({ 1: '0,4 24×6', 2: '0,0 24×4' })
    expect(repeated.to(1, { h: 9 })).toEqual({ 1: '0,0 24×9', 2: '0,9 24×4' })
  })
})

describe('resizing a panel', () => {
  it('pushes what is in the way', () => {
    expect(two.to(1, { w: 14, h: 5 })).toEqual({ 1: '0,0 14×5', 2: '12,5 12×8', 3: '0,5 12×4' })
  })
})

describe('moving by keys', () => {
  it('goes past the nearest panel above or below', () => {
    expect(two.past(1, 1)).toEqual({ 1: '0,4 12×8', 2: '12,0 12×8', 3: '0,0 12×4' })
    expect(two.past(3, -1)).toEqual({ 1: '0,4 12×8', 2: '12,0 12×8', 3: '0,0 12×4' })
    expect(two.past(1, -1)).toBeUndefined()
    expect(rows.past(3, 1)?.[3]).toBe('0,6 12×6')
    expect(rows.past(3, -1)?.[3]).toBe('0,4 12×6')
  })
  it('changes places with its neighbour in reading order', () => {
    expect(two.order(1, 1)).toEqual({ 1: '12,0 12×8', 2: '0,0 12×8', 3: '0,8 12×4' })
    expect(two.order(2, -1)).toEqual(two.order(1, 1))
    expect(two.order(3, 1)[3]).toBe('0,8 12×4')
    expect(rows.order(5, -1)).toEqual(rows.to(5, { y: 10 }))
  })
})

describe('panels', () => {
  const panels = [panel(1, 0, 0, 12, 8), row(2, 8), panel(3, 0, 9, 12, 6), row(4, 15, true), panel(5, 0, 16, 12, 6)]
  it('are added where they can be seen', () => {
    const made = withNew(panels, 'line', 'new', isOpen)
    expect(made.id).toBe(6)
    expect(places(made.panels)[6]).toBe('12,9 12×8')
    const wide = withNew(panels, 'logs', 'new', isOpen)
    expect(places(wide.panels)).toMatchObject({ 6: '0,15 24×10', 4: '0,25 24×1', 5: '0,26 12×6' })
    expect(places(withNew(panels, 'row', 'new', isOpen).panels)[6]).toBe('0,22 24×1')
    expect(places(withNew([], 'value', 'new', isOpen).panels)).toEqual({ 1: '0,0 6×4' })
  })
  it('are copied below', () => {
    const copied = withCopy(panels, panels[2] ?? panel(9, 0, 0, 1, 1), 'again')
    expect(places(copied.panels)).toMatchObject({ 3: '0,9 12×6', [copied.id]: '0,15 12×6', 4: '0,21 24×1' })
    expect(copied.panels.find(({ id }) => id === copied.id)?.title).toBe('again')
  })
  it('stay when their row goes', () => {
    expect(places(without(panels, 2))).toEqual({ 1: '0,0 12×8', 3: '0,8 12×6', 4: '0,14 24×1', 5: '0,15 12×6' })
  })
})

describe('whatever is moved', () => {
  it('loses no panel, lays none over another, and lies there the same when read again', () => {
    const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
    let state = seed
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      return (state >> 8) % below
    }
    for (let round = 0; round < 30; round += 1) {
      let panels: Panel[] = []
      const kinds: readonly PanelKind[] = ['line', 'row', 'text', 'value', 'logs']
      for (let index = 0; index < 8; index += 1) panels = withNew(panels, kinds[random(5)] ?? 'line', '', isOpen).panels
      for (let move = 0; move < 12; move += 1) {
        const shown = shownPanels(panels, values)
        const moved = shown[random(shown.length)]
        if (moved === undefined) continue
        const { place } = moved
        const resizes = random(2) === 0
        const next = resizes
          ? { ...place, w: 1 + random(24 - place.x), h: 1 + random(12) }
          : { ...place, x: random(25 - place.w), y: random(40) }
        panels =
          random(4) === 0
            ? reorder(panels, shown, moved, random(2) === 0 ? -1 : 1, isOpen)
            : arrange(panels, shown, moved, next, isOpen)
        expect(panels.map(({ id }) => id).sort(), `seed ${seed}`).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
        for (const one of panels)
          for (const other of panels)
            if (one !== other) expect(overlap(one.place, other.place), `seed ${seed}`).toBe(false)
        const again = new Map(shownPanels(panels, values).map((one) => [one.panel.id, one.place]))
        for (const { id, place } of panels) expect(again.get(id), `seed ${seed}`).toEqual(place)
      }
    }
  })
})
