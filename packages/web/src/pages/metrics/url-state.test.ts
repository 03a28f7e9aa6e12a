import { describe, expect, it } from 'vitest'
import { autoStep, mostPoints, pointsOf, readStep, stepOf, stepsFor, stepText } from './step.ts'
import { defaults, type MetricsState, readState, writeState } from './url-state.ts'

const hours = (count: number) => ({ from: 0n, to: BigInt(count) * 3_600_000_000_000n })

describe('the address of the page of metrics', () => {
  it('is empty for what is default, and holds the rest', () => {
    expect(writeState(defaults)).toBe('')
    expect(readState('')).toEqual(defaults)
    const state: MetricsState = {
      query: 'sum by (le) (rate(http_seconds_bucket{path="/서울"}[5m]))',
      from: '2026-11-20T10:00:00Z',
      to: 'now-5m',
      zone: 'Asia/Seoul',
      view: 'instant',
      stepMs: 90_000,
      chart: 'heatmap',
      scale: 'log',
      compare: 'week',
      exemplars: false,
      match: '{job="api"}',
    }
    expect(readState(writeState(state))).toEqual(state)
  })

  it('reads what is wrong as default', () => {
    expect(readState('?tz=Moon/Base&chart=pie&step=0s&compare=never&view=later&scale=odd')).toEqual(defaults)
  })
})

describe('steps', () => {
  it.each([
    [15_000, '15s'],
    [90_000, '90s'],
    [60_000, '1m'],
    [3_600_000, '1h'],
    [172_800_000, '2d'],
    [1500, '1500ms'],
  ])('%d ms is %s', (ms, text) => {
    expect(stepText(ms)).toBe(text)
    expect(readStep(text)).toBe(ms)
  })

  it.each(['', '5', 's', '-5s', '1w', '1.5m', '1h30m'])('%j is none', (text) => {
    expect(readStep(text)).toBeUndefined()
  })

  it('give 100 to 400 points by themselves, whatever the range', () => {
    for (const count of [0.25, 1, 3, 6, 12, 24, 72, 168, 720, 8760]) {
      const range = { from: 0n, to: BigInt(Math.round(count * 3600)) * 1_000_000_000n }
      const points = (count * 3_600_000) / autoStep(range)
      expect(points).toBeLessThanOrEqual(400)
      expect(points).toBeGreaterThan(100)
    }
    expect(autoStep({ from: 0n, to: 5_000_000_000n })).toBe(1000)
  })

  it('are taken as chosen as long as the API answers so many points', () => {
    expect(stepOf(1000, hours(1))).toBe(1000)
    expect(stepOf(1000, hours(24))).toBe(autoStep(hours(24)))
    for (const step of stepsFor(hours(720))) expect((720 * 3_600_000) / step).toBeLessThan(mostPoints)
    expect(stepsFor(hours(1))).toContain(3_600_000)
    expect(stepsFor(hours(1))).not.toContain(21_600_000)
  })

  it('begin and end on whole multiples', () => {
    const points = pointsOf({ from: 61_000_000_000n, to: 3_659_000_000_000n }, 15_000)
    expect(points).toEqual({ startMs: 60_000, endMs: 3_645_000 })
  })
})
