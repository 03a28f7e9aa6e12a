import { describe, expect, it } from 'vitest'
import { History, historyMs } from './history.ts'

const sum = (list: readonly number[]): number => list.reduce((total, one) => total + one, 0)

describe('History', () => {
  it('has no bars before two readings: what came before the page was opened is not shown as a burst', () => {
    const history = new History()
    expect(history.bars(4)).toEqual([0, 0, 0, 0])
    history.add(1_000_000, 5000)
    expect(history.bars(4)).toEqual([0, 0, 0, 0])
  })

  it('puts records in the part of the window in which they came', () => {
    const history = new History()
    const end = 10 * historyMs
    history.add(end - historyMs / 2, 100)
    history.add(end - historyMs / 4, 100)
    history.add(end, 160)
    expect(history.bars(4)).toEqual([0, 0, 0, 60])
  })

  it('spreads what came while the page was hidden over that time', () => {
    const history = new History()
    history.add(0, 0)
    history.add(10 * historyMs, 1000)
    const bars = history.bars(10)
    expect(sum(bars)).toBeCloseTo(100)
    for (const bar of bars) expect(bar).toBeCloseTo(10)
  })

  it('forgets readings beyond the window, and all of them when the server started anew', () => {
    const history = new History()
    for (let i = 0; i <= 1000; i += 1) history.add(i * 2000, i * 10)
    expect(sum(history.bars(60))).toBeCloseTo((historyMs / 2000) * 10)
    history.add(1001 * 2000, 3)
    expect(history.bars(60).every((bar) => bar === 0)).toBe(true)
  })
})
