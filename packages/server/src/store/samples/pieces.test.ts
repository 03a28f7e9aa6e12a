import { describe, expect, it } from 'vitest'
import { countedPieces, coveredSeconds, Density, guessedPieces, SAMPLES_PER_STATEMENT } from './pieces.ts'

const HOUR = 3_600_000
const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`)
const span = (count: number, endMs: number) => ({ tenant: 't', ids: ids(count), startMs: 0, endMs })

describe('reads that are cut into statements', () => {
  it('are one statement where even a sample per second would fit', () => {
    expect(guessedPieces(span(500, HOUR - 1), new Density())).toHaveLength(1)
  })

  it('are cut by what earlier reads have shown', () => {
    const density = new Density()
    const perStatement = (): number => guessedPieces(span(4000, 12 * HOUR), density)?.[0]?.ids.length ?? 0
    const before = perStatement()
    density.note(1000, 1000)
    expect(perStatement()).toBeLessThan(before / 5)
    // Closer samples count at once, others over time.
    for (let i = 0; i < 100; i++) density.note(1000, 60_000)
    expect(perStatement()).toBeGreaterThan(before)
    const all = guessedPieces(span(4000, 12 * HOUR), density)
    expect(all?.flatMap((piece) => piece.ids)).toEqual(ids(4000))
  })

  it('are counted where single series may be too long, and those are cut by time', () => {
    const week = span(30, 7 * 24 * HOUR)
    const density = new Density()
    density.note(100, 1)
    expect(guessedPieces(week, density)).toBeUndefined()
    const pieces = countedPieces(week, [
      ['0', 10],
      ['1', 5 * SAMPLES_PER_STATEMENT],
      ['2', 20],
    ])
    expect(pieces.map((piece) => piece.ids)).toEqual([['1'], ['0', '2']])
    const spans = pieces[0]?.spans ?? []
    expect(spans[0]?.[0]).toBe(0)
    expect(spans.at(-1)?.[1]).toBe(week.endMs)
    for (const [i, [startMs]] of spans.entries()) if (i > 0) expect(startMs).toBe((spans[i - 1]?.[1] ?? 0) + 1)
  })

  it('cover only their windows', () => {
    const windows = { endMs: HOUR, windowMs: 60_000, everyMs: 600_000 }
    expect(coveredSeconds({ ...span(1, HOUR - 1), windows })).toBe(360)
  })
})
