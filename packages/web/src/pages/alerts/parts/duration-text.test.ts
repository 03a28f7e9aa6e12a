import { expect, it } from 'vitest'
import { durationMs, durationText } from './duration-text.ts'

it.each([
  [0, '0s'],
  [15_000, '15s'],
  [90_000, '1m30s'],
  [86_400_000, '1d'],
  [694_861_001, '1w1d1h1m1s1ms'],
])('%d ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
  expect(durationMs(text)).toBe(ms)
})

it.each(['', '5', '5 m', '1x', 'm', '-5m', '1.5h'])('%j is no length of time', (text) => {
  expect(durationMs(text)).toBeUndefined()
})
