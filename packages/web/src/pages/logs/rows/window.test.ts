import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxHeight, rowWindow, scrollToRow } from './window.ts'

describe('rowWindow', () => {
  it('covers the view at every scroll position', () => {
    const input = fc.record({
      count: fc.integer({ min: 1, max: 3_000_000 }),
      rowHeight: fc.constantFrom(18, 20, 24),
      viewport: fc.integer({ min: 1, max: 3000 }),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(input, ({ count, rowHeight, viewport, at }) => {
        const height = Math.min(count * rowHeight, maxHeight)
        const scrollTop = at * Math.max(0, height - viewport)
        const view = rowWindow({ count, rowHeight, viewport, scrollTop })
        expect(view.first).toBeGreaterThanOrEqual(0)
        expect(view.end).toBeLessThanOrEqual(count)
        expect(view.shift).toBeGreaterThanOrEqual(0)
        // From the upper edge to the lower edge, or to the last row, there is a row everywhere.
        const drawn = (view.end - view.first) * rowHeight - view.shift
        expect(drawn + 0.001 >= Math.min(viewport, count * rowHeight)).toBe(true)
        expect(view.end - view.first).toBeLessThanOrEqual(Math.ceil(viewport / rowHeight) + 2)
      }),
      { numRuns: 3000 },
    )
  })

  it('reaches the first and the last row of two million', () => {
    const input = { count: 2_000_000, rowHeight: 20, viewport: 500, scrollTop: 0 }
    expect(rowWindow(input).first).toBe(0)
    expect(rowWindow({ ...input, scrollTop: maxHeight - 500 }).end).toBe(2_000_000)
  })

  it('stays within bounds for scroll positions beyond the end', () => {
    const view = rowWindow({ count: 3, rowHeight: 20, viewport: 500, scrollTop: 9999 })
    expect(view).toMatchObject({ first: 0, end: 3, shift: 0, height: 60 })
    expect(rowWindow({ count: 0, rowHeight: 20, viewport: 500, scrollTop: 0 })).toMatchObject({ first: 0, end: 0 })
  })
})

describe('scrollToRow', () => {
  it.each([20, 100_000, 2_000_000])('brings any of %d rows into view and leaves visible ones alone', (count) => {
    const input = { count, rowHeight: 20, viewport: 300, scrollTop: 0 }
    for (const row of [0, Math.floor(count / 2), count - 1]) {
      const scrollTop = scrollToRow(input, row)
      const view = rowWindow({ ...input, scrollTop })
      expect(row).toBeGreaterThanOrEqual(view.first)
      expect(row).toBeLessThan(view.end)
    }
    expect(scrollToRow(input, 3)).toBe(0)
  })
})
