import { expect, test } from 'vitest'
import { checkedLimit, createAllowance } from './allowance.ts'

test('so many within the window, which slides', () => {
  let now = 0
  const allowance = createAllowance(2, 100, () => now)
  allowance.take()
  now = 60
  expect([allowance.left(), allowance.waitMs()]).toEqual([1, 0])
  allowance.take()
  expect([allowance.left(), allowance.waitMs()]).toEqual([0, 40])
  now = 99
  expect([allowance.left(), allowance.waitMs()]).toEqual([0, 1])
  now = 100
  expect([allowance.left(), allowance.waitMs()]).toEqual([1, 0])
  allowance.take()
  expect([allowance.left(), allowance.waitMs()]).toEqual([0, 60])
})

test('no limit', () => {
  const allowance = createAllowance(Number.POSITIVE_INFINITY, 100, () => 0)
  for (let i = 0; i < 10; i++) allowance.take()
  expect([allowance.left(), allowance.waitMs()]).toEqual([Number.POSITIVE_INFINITY, 0])
})

test('a limit that is none is refused', () => {
  expect([1, 30, Number.POSITIVE_INFINITY].map((limit) => checkedLimit('x', limit))).toHaveLength(3)
  for (const limit of [0, -1, 1.5, Number.NaN, '5' as never]) {
    expect(() => checkedLimit('slackHandler: maxPerMinute', limit)).toThrow(/maxPerMinute is .+: use a whole number/)
  }
})
