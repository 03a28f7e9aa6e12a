import { describe, expect, it } from 'vitest'
import { bandsOf, shareOf } from './gauge.tsx'
import { thresholdOf } from './marks.ts'

const thresholds = [
  { value: 80, colour: 'warn' },
  { value: 0, colour: 'ok' },
  { value: 95, colour: 'error' },
] as const

describe('thresholds', () => {
  it('colour what reaches them, in whatever order they are written', () => {
    expect([-1, 0, 79.9, 80, 95, 200].map((value) => thresholdOf(value, thresholds))).toEqual([
      undefined,
      'ok',
      'ok',
      'warn',
      'error',
      'error',
    ])
    expect(thresholdOf(1, [])).toBeUndefined()
  })

  it('are bands round a gauge', () => {
    expect(bandsOf(0, 100, thresholds)).toEqual([
      { from: 0, to: 0.8, colour: 'ok' },
      { from: 0.8, to: 0.95, colour: 'warn' },
      { from: 0.95, to: 1, colour: 'error' },
    ])
    expect(bandsOf(0, 50, thresholds)).toEqual([{ from: 0, to: 1, colour: 'ok' }])
  })

  it('places values from the least to the greatest', () => {
    expect([-5, 0, 25, 100, 300].map((value) => shareOf(value, 0, 100))).toEqual([0, 0, 0.25, 1, 1])
    expect(shareOf(1, 1, 1)).toBe(0)
    expect(shareOf(Number.NaN, 0, 1)).toBe(0)
  })
})
