import { describe, expect, it } from 'vitest'
import { endsOf, isPreset, ownBase, resolveBase } from './base-range.ts'

const minute = 60_000_000_000n
const day = 1440n * minute
const range = { from: 100n * day, to: 100n * day + 30n * minute }

describe('the base range', () => {
  it('is the time before, or the same time a day or a week earlier', () => {
    expect(resolveBase('previous', range, 0)).toEqual({ from: range.from - 30n * minute, to: range.from })
    expect(resolveBase('day', range, 0)).toEqual({ from: 99n * day, to: 99n * day + 30n * minute })
    expect(resolveBase('week', range, 0)).toEqual({ from: 93n * day, to: 93n * day + 30n * minute })
  })

  it('may be chosen, with ends as the range has them', () => {
    const base = ownBase('now-3h', '2026-11-20T10:00:00Z')
    expect(isPreset(base)).toBe(false)
    expect(endsOf(base)).toEqual({ from: 'now-3h', to: '2026-11-20T10:00:00Z' })
    const nowMs = Date.UTC(2026, 10, 20, 12)
    expect(resolveBase(base, range, nowMs)).toEqual({
      from: BigInt(nowMs - 3 * 3_600_000) * 1_000_000n,
      to: BigInt(nowMs - 2 * 3_600_000) * 1_000_000n,
    })
  })

  it('is none when the address holds nonsense', () => {
    for (const base of ['', 'yesterday', 'now/now-1h', 'a/b', 'now-1h/now/now']) {
      expect(resolveBase(base, range, Date.now()), base).toBeUndefined()
    }
  })
})
