import { describe, expect, it } from 'vitest'
import { timeTicks } from '../../../time/ticks.ts'
import { bucketsOf } from './buckets.ts'

const second = 1_000_000_000n

describe('bucketsOf', () => {
  it('puts each point into the bucket that ends there and adds levels up', () => {
    const series = [
      { metric: { detected_level: 'error' }, values: [[10, '2'] as const, [20, '1'] as const] },
      { metric: { detected_level: 'err' }, values: [[20, '4'] as const] },
      { metric: {}, values: [[30, '5'] as const] },
    ]
    const volume = bucketsOf(series, { from: 0n, to: 30n * second }, 10_000)
    expect(volume.buckets.map(({ start, end, counts, total }) => [start, end, counts, total])).toEqual([
      [0, 10_000, { error: 2 }, 2],
      [10_000, 20_000, { error: 5 }, 5],
      [20_000, 30_000, { unknown: 5 }, 5],
    ])
    expect([volume.total, volume.exact]).toEqual([12, true])
  })

  it('says that the count is not exact when a full bucket reaches beyond the range', () => {
    const series = [{ metric: {}, values: [[10, '2'] as const] }]
    expect(bucketsOf(series, { from: 5n * second, to: 20n * second }, 10_000).exact).toBe(false)
    expect(bucketsOf(series, { from: 0n, to: 15n * second }, 10_000).exact).toBe(true)
  })

  it('covers the range with empty buckets when nothing was counted', () => {
    const volume = bucketsOf([], { from: 3n * second, to: 33n * second }, 10_000)
    expect(volume.buckets).toHaveLength(4)
    expect(volume.total).toBe(0)
  })
})

describe('timeTicks', () => {
  it('stands on round local times', () => {
    const from = Date.UTC(2026, 10, 20, 14, 10)
    expect(timeTicks(from, from + 3_600_000, 'Asia/Kolkata', 6).map(({ text }) => text)).toEqual(
      ['19:40', '19:50', '20:00', '20:10', '20:20', '20:30', '20:40'].slice(0, 7),
    )
  })

  it('names the day at midnight', () => {
    const from = Date.UTC(2026, 10, 20, 12)
    expect(timeTicks(from, from + 86_400_000, 'UTC', 8).map(({ text }) => text)).toContain('11-21')
  })
})
