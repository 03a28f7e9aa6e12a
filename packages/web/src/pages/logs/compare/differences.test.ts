import { describe, expect, it } from 'vitest'
import type { ComparedPattern } from './compare-data.ts'
import { countsOf, differenceOf, liftText, mostTelling, passes } from './differences.ts'

const pattern = (change: ComparedPattern['change'], count: number, baseCount: number): ComparedPattern => ({
  pattern: 'x',
  level: '',
  count,
  baseCount,
  change,
})

describe('differences', () => {
  it('go by share of the lines, not by count', () => {
    const totals = { lines: 1000, baseLines: 10_000 }
    expect(differenceOf(pattern('changed', 100, 500), totals)).toBe('more')
    expect(differenceOf(pattern('changed', 100, 1500), totals)).toBe('less')
    expect(differenceOf(pattern('new', 100, 0), totals)).toBe('new')
    expect(differenceOf(pattern('gone', 0, 5), totals)).toBe('gone')
  })

  it('are counted and filtered by kind', () => {
    const all = [pattern('new', 1, 0), pattern('gone', 0, 1), pattern('changed', 9, 1), pattern('same', 1, 1)]
    expect(countsOf(all)).toEqual({ different: 3, new: 1, gone: 1, changed: 1, all: 4 })
    expect(all.filter((one) => passes(one, 'different'))).toHaveLength(3)
    expect(all.filter((one) => passes(one, 'gone'))).toEqual([all[1]])
  })

  it('name the value with the strongest lift, in either direction', () => {
    const value = (name: string, lift: number) => ({ value: name, count: 1, baseCount: 1, lift })
    const fields = [
      { name: 'status', values: [value('500', 8), value('200', 0.9)] },
      { name: 'host', values: [value('a', 1 / 16), value('b', 1)] },
    ]
    expect(mostTelling(fields)).toMatchObject({ field: 'host', value: { value: 'a' } })
    expect(mostTelling([{ name: 'x', values: [value('a', 1.1)] }])).toBeUndefined()
    expect(mostTelling([])).toBeUndefined()
  })

  it('write a lift as a factor up or down', () => {
    const number = (value: number, digits: number): string => value.toFixed(digits)
    expect(liftText(3.21, number)).toBe('×3.2')
    expect(liftText(0.25, number)).toBe('÷4.0')
    expect(liftText(42.4, number)).toBe('×42')
    expect(liftText(0, number)).toBe('÷9999')
  })
})
