import { afterEach, expect, it, vi } from 'vitest'
import type { PullState } from '../receiver.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { lineReceiver } from '../testing/line-receiver.ts'
import { runReceiver } from './open-receiver.ts'

afterEach(() => vi.useRealTimers())

function start(run: (signal: AbortSignal, state: PullState) => Promise<void>) {
  const bench = openReceiver(lineReceiver)
  const pulls = [{ name: 'list', address: 'redis://127.0.0.1:6379/0', run }]
  return runReceiver('lines', { pulls, close: bench.opened.close! }, bench.context, 200)
}

it('runs again after failures, later each time, and at once from the start after it was connected', async () => {
  vi.useFakeTimers()
  const began: number[] = []
  const running = await start(async (_signal, { connected }) => {
    began.push(Date.now())
    if (began.length === 3) connected()
    throw new Error(`refused ${began.length}`)
  })
  const [pull] = running.pulls
  await vi.advanceTimersByTimeAsync(10)
  expect([pull?.connected(), pull?.error(), pull?.address]).toEqual([false, 'refused 1', 'redis://127.0.0.1:6379/0'])
  await vi.advanceTimersByTimeAsync(120_000)
  const waits = began.slice(1).map((at, i) => (at - began[i]!) / 1000)
  expect(waits.slice(0, 8)).toEqual([1, 2, 1, 2, 4, 8, 16, 30])
  await running.close()
})

it('is connected while it says so, and ends when it is told', async () => {
  let finished = false
  const running = await start(async (signal, { connected }) => {
    connected()
    await new Promise((done) => signal.addEventListener('abort', done))
    finished = true
  })
  expect([running.pulls[0]?.connected(), running.pulls[0]?.error()]).toEqual([true, undefined])
  await running.close()
  expect(finished).toBe(true)
})

it('does not wait for ever for one that does not end', async () => {
  const running = await start(() => new Promise(() => {}))
  const started = performance.now()
  await running.close()
  expect(performance.now() - started).toBeLessThan(2000)
})
