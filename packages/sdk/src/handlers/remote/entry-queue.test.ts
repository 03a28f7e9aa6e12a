import { expect, test } from 'vitest'
import { createEntryQueue } from './entry-queue.ts'

test('entries are taken in order, by count and by size, one at least', () => {
  const queue = createEntryQueue()
  for (const entry of ['aaaa', 'bbbb', 'cccccccc', 'd', 'e', 'f']) queue.push(entry)
  expect([queue.count, queue.size]).toEqual([6, 19])
  expect(queue.take(9, 8)).toEqual(['aaaa', 'bbbb'])
  expect(queue.take(9, 3)).toEqual(['cccccccc'])
  queue.push('g')
  expect(queue.take(2, 9)).toEqual(['d', 'e'])
  expect(queue.shift()).toBe('f')
  expect([queue.count, queue.size]).toEqual([1, 1])
  expect(queue.take(9, 9)).toEqual(['g'])
  expect([queue.count, queue.size, queue.take(9, 9), queue.shift()]).toEqual([0, 0, [], undefined])
})
