import { expect, it } from 'vitest'
import { Turnstile } from './turnstile.ts'

it('lets so many through at once, in order, also after failures', async () => {
  const turnstile = new Turnstile(2)
  let inside = 0
  let most = 0
  const began: number[] = []
  const tasks = Array.from({ length: 20 }, (_, i) =>
    turnstile.run(async () => {
      began.push(i)
      most = Math.max(most, ++inside)
      await new Promise((done) => setTimeout(done, 1))
      inside--
      if (i % 3 === 0) throw new Error(`task ${i}`)
      return i
    }),
  )
  const outcomes = await Promise.allSettled(tasks)
  expect(began).toEqual(Array.from({ length: 20 }, (_, i) => i))
  expect([most, inside]).toEqual([2, 0])
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(7)
  expect(await turnstile.run(async () => 'free')).toBe('free')
})
