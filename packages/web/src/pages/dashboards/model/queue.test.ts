import { describe, expect, it } from 'vitest'
import { Queue } from './queue.ts'

describe('a queue', () => {
  it('runs so many at a time, in order, and goes on after faults', async () => {
    const queue = new Queue(2)
    const { signal } = new AbortController()
    let [running, most] = [0, 0]
    const order: number[] = []
    const task = (number: number) => async (): Promise<number> => {
      order.push(number)
      running += 1
      most = Math.max(most, running)
      await new Promise((done) => setTimeout(done, 1))
      running -= 1
      if (number === 3) throw new Error('three')
      return number
    }
    const results = await Promise.allSettled([0, 1, 2, 3, 4, 5, 6].map((number) => queue.run(task(number), signal)))
    expect(results.map((one) => one.status === 'fulfilled')).toEqual([true, true, true, false, true, true, true])
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(most).toBe(2)
    expect(queue.busy.value).toBe(0)
  })

  it('lets those that wait be taken back', async () => {
    const queue = new Queue(1)
    let finish = (): void => {}
    const first = queue.run(() => new Promise<void>((done) => (finish = done)), new AbortController().signal)
    const abort = new AbortController()
    let ran = false
    const second = queue.run(async () => {
      ran = true
    }, abort.signal)
    const third = queue.run(async () => 'third', new AbortController().signal)
    abort.abort()
    await expect(second).rejects.toThrow()
    await expect(queue.run(async () => 'never', abort.signal)).rejects.toThrow()
    finish()
    await first
    expect(await third).toBe('third')
    expect(ran).toBe(false)
    expect(queue.busy.value).toBe(0)
  })
})
