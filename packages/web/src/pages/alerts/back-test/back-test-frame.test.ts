import type { BackTestResponse } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { barOfAlert, frameOfTest, spansOfTest, testInterval } from './back-test-frame.ts'

const alert = (...spans: [state: 'pending' | 'firing', startMs: number, endMs: number][]) => ({
  labels: {},
  annotations: {},
  spans: spans.map(([state, startMs, endMs]) => ({ state, startMs, endMs })),
})

describe('spans of a test', () => {
  it('join what several alerts did, and firing covers pending', () => {
    const spans = spansOfTest([
      alert(['pending', 0, 20_000], ['firing', 20_000, 50_000]),
      alert(['firing', 10_000, 15_000], ['firing', 40_000, 60_000]),
      alert(['pending', 58_000, 90_000]),
    ])
    expect(spans.map(({ from, to, colour }) => `${colour} ${from}-${to}`)).toEqual([
      'warn 0-10',
      'warn 15-20',
      'warn 60-90',
      'error 10-15',
      'error 20-60',
    ])
    expect(spansOfTest([])).toEqual([])
  })

  it('stand on a bar by their share of the test', () => {
    const test = { startMs: 1000, endMs: 9000, intervalMs: 2000 }
    expect(barOfAlert(alert(['pending', 1000, 3000], ['firing', 3000, 11_000]), test)).toEqual([
      { state: 'pending', left: 0, width: 0.2 },
      { state: 'firing', left: 0.2, width: 0.8 },
    ])
  })
})

it('a frame has gaps where the query gave nothing', () => {
  const test = { startMs: 0, endMs: 30_000, intervalMs: 10_000 } as BackTestResponse
  expect(frameOfTest(test)).toBeUndefined()
  const values = [{ labels: { a: 'b' }, points: [[0, 1] as const, [20_000, null] as const, [30_000, 2] as const] }]
  const frame = frameOfTest({ ...test, values })
  expect(frame?.times).toEqual([0, 10, 20, 30])
  expect(frame?.series.map((one) => one.values)).toEqual([[1, null, null, 2]])
})

it('long ranges are tried out more rarely, by whole intervals of the group', () => {
  expect(testInterval(0, 86_400_000, 60_000)).toBe(60_000)
  expect(testInterval(0, 7 * 86_400_000, 60_000)).toBe(240_000)
  expect(testInterval(0, 86_400_000, 15_000)).toBe(30_000)
})
