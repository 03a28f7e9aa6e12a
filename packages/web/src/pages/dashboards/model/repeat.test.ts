import type { Panel } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { overlap } from './layout.ts'
import { shownPanels } from './repeat.ts'

function panel(id: number, place: readonly [number, number, number, number], more: Partial<Panel> = {}): Panel {
  const [x, y, w, h] = place
  return { id, title: `P${id}`, kind: 'line', place: { x, y, w, h }, queries: [], ...more }
}
const values = (name: string): readonly string[] =>
  name === 'gpu' ? ['0', '1', '2', '3', '4'] : name === 'zone' ? ['a', 'b'] : []
const places = (panels: ReturnType<typeof shownPanels>) =>
  panels.map(({ id, place: { x, y, w, h } }) => [id, x, y, w, h])

describe('shown panels', () => {
  it('are those of the dashboard when nothing repeats', () => {
    const shown = shownPanels([panel(1, [0, 0, 12, 4]), panel(2, [12, 0, 12, 4])], values)
    expect(places(shown)).toEqual([
      ['1', 0, 0, 12, 4],
      ['2', 12, 0, 12, 4],
    ])
  })

  it('repeat side by side, four in a line, and push down what is below', () => {
    const repeated = panel(1, [0, 0, 24, 4], { repeat: { variable: 'gpu', direction: 'h' } })
    const shown = shownPanels([repeated, panel(2, [0, 4, 24, 3])], values)
    expect(places(shown)).toEqual([
      ['1@0', 0, 0, 6, 4],
      ['1@1', 6, 0, 6, 4],
      ['1@2', 12, 0, 6, 4],
      ['1@3', 18, 0, 6, 4],
      ['1@4', 0, 4, 6, 4],
      ['2', 0, 8, 24, 3],
    ])
    expect(shown[4]?.scoped.get('gpu')).toBe('4')
    expect(shown[5]?.scoped.size).toBe(0)
  })

  it('repeat below one another', () => {
    const repeated = panel(1, [6, 0, 12, 4], { repeat: { variable: 'zone', direction: 'v' } })
    expect(places(shownPanels([repeated, panel(2, [6, 4, 12, 3])], values))).toEqual([
      ['1@a', 6, 0, 12, 4],
      ['1@b', 6, 4, 12, 4],
      ['2', 6, 8, 12, 3],
    ])
  })

  it('stand once when the variable has no value', () => {
    const repeated = panel(1, [0, 0, 24, 4], { repeat: { variable: 'none', direction: 'h' } })
    expect(places(shownPanels([repeated], values))).toEqual([['1', 0, 0, 24, 4]])
  })

  it('repeat rows with their panels, and panels within them', () => {
    const shown = shownPanels(
      [
        panel(1, [0, 0, 24, 2]),
        panel(2, [0, 2, 24, 1], { kind: 'row', repeat: { variable: 'zone', direction: 'v' } }),
        panel(3, [0, 3, 12, 4]),
        panel(4, [12, 3, 12, 4], { repeat: { variable: 'zone', direction: 'h' } }),
        panel(5, [0, 9, 24, 1], { kind: 'row' }),
        panel(6, [0, 10, 24, 2]),
      ],
      values,
    )
    expect(places(shown)).toEqual([
      ['1', 0, 0, 24, 2],
      ['2@a', 0, 2, 24, 1],
      ['3@a', 0, 3, 12, 4],
      ['4@a@a', 0, 7, 24, 4],
      ['2@b', 0, 11, 24, 1],
      ['3@b', 0, 12, 12, 4],
      ['4@b@b', 0, 16, 24, 4],
      ['5', 0, 20, 24, 1],
      ['6', 0, 21, 24, 2],
    ])
    expect(shown.find(({ id }) => id === '3@b')).toMatchObject({ row: '2@b' })
    expect([...(shown.find(({ id }) => id === '3@b')?.scoped ?? [])]).toEqual([['zone', 'b']])
    for (const [at, one] of shown.entries()) {
      for (const other of shown.slice(at + 1)) expect(overlap(one.place, other.place)).toBe(false)
    }
  })

  it('leave out the panels of closed rows, and close up', () => {
    const panels = [
      panel(1, [0, 0, 24, 1], { kind: 'row', collapsed: true }),
      panel(2, [0, 1, 24, 6]),
      panel(3, [0, 7, 24, 1], { kind: 'row' }),
      panel(4, [0, 8, 24, 6]),
    ]
    expect(places(shownPanels(panels, values)).map(([id, , y]) => [id, y])).toEqual([
      ['1', 0],
      ['3', 1],
      ['4', 2],
    ])
    const opened = shownPanels(panels, values, (_, id) => id === '3')
    expect(opened.map(({ id }) => id)).toEqual(['1', '2', '3'])
  })
})
