import { expect, test } from 'vitest'
import type { SendOutcome } from '../../../notify/notifier.ts'
import { createHandClock } from '../testing/hand-clock.ts'
import { type Attempt, type DeliveryResult, deliver } from './deliver.ts'

const FAILED: SendOutcome = { sent: false, retry: true, reason: 'status 500' }

interface Tried {
  readonly times: readonly number[]
  readonly attempts: readonly Attempt[]
  readonly result: () => DeliveryResult | undefined
  readonly clock: ReturnType<typeof createHandClock>
  readonly stop: () => void
}

function begin(outcomes: readonly (SendOutcome | 'hang' | 'reject')[], deadlineMs = 300_000, random = 0.5): Tried {
  const clock = createHandClock(0)
  const controller = new AbortController()
  const times: number[] = []
  const attempts: Attempt[] = []
  let result: DeliveryResult | undefined
  const delivery = deliver({
    clock,
    random: () => random,
    send: () => {
      const outcome = outcomes[times.length] ?? outcomes.at(-1)
      times.push(clock.now())
      if (outcome === 'hang') return new Promise(() => {})
      return outcome === 'reject' ? Promise.reject(new Error('token abc')) : Promise.resolve(outcome as SendOutcome)
    },
    signal: controller.signal,
    deadlineMs,
    tried: (attempt) => attempts.push(attempt),
  })
  void delivery.then((value) => {
    result = value
  })
  return { times, attempts, result: () => result, clock, stop: () => controller.abort() }
}

test('waits half as long again after each failure, at most a minute, until the deadline', async () => {
  const { times, result, clock, attempts } = begin([FAILED])
  await clock.advance(299_999)
  expect(times.slice(0, 6)).toEqual([0, 500, 1250, 2375, 4062.5, 6593.75])
  expect(result()).toBeUndefined()
  const gaps = times.slice(1).map((time, i) => time - (times[i] as number))
  expect(Math.max(...gaps)).toBe(60_000)
  await clock.advance(1)
  expect(result()).toEqual({ sent: false, why: 'deadline', reason: 'status 500' })
  expect(attempts.map(({ retrying }) => retrying)).toEqual([...attempts.slice(1).map(() => true), false])
  expect(clock.waiting()).toBe(0)
})

test('waits are spread by half', async () => {
  for (const [random, second] of [
    [0, 250],
    [1, 750],
  ] as const) {
    const { times, clock, stop } = begin([FAILED], 300_000, random)
    await clock.advance(1000)
    expect(times[1]).toBe(second)
    stop()
  }
})

test('a far end that asks to wait is left alone for so long', async () => {
  const { times, result, clock } = begin([{ ...FAILED, retryAfterMs: 45_000 }, { sent: true }])
  await clock.advance(44_999)
  expect(times).toEqual([0])
  await clock.advance(1)
  expect(times).toEqual([0, 45_000])
  expect(result()).toEqual({ sent: true, keep: new Map() })
})

test('where that is longer than there is time, it is not asked again', async () => {
  const { times, result, clock } = begin([{ ...FAILED, retryAfterMs: 400_000 }])
  await clock.advance(300_000)
  expect(times).toEqual([0])
  expect(result()).toMatchObject({ sent: false, why: 'deadline' })
})

test('what was refused for good is not tried again', async () => {
  const { times, result, clock } = begin([{ sent: false, retry: false, reason: 'status 400' }])
  await clock.advance(60_000)
  expect(times).toEqual([0])
  expect(result()).toEqual({ sent: false, why: 'refused', reason: 'status 400' })
})

test('an attempt that hangs ends after half a minute, and the next begins', async () => {
  const { times, result, clock } = begin(['hang', { sent: true }])
  await clock.advance(29_999)
  expect(times).toEqual([0])
  await clock.advance(1)
  expect(times).toEqual([0, 30_000])
  expect(result()).toMatchObject({ sent: true })
})

test('what a broken notifier says reaches nobody', async () => {
  const { attempts, clock, stop } = begin(['reject'])
  await clock.settle()
  expect(JSON.stringify(attempts)).not.toContain('abc')
  expect(attempts[0]?.outcome).toMatchObject({ sent: false, retry: true })
  stop()
})

test('ends when it is told to, in an attempt or between two', async () => {
  for (const outcome of ['hang', FAILED] as const) {
    const { result, clock, stop } = begin([outcome])
    await clock.advance(100)
    stop()
    await clock.settle()
    expect(result()).toMatchObject({ sent: false, why: 'stopped' })
    expect(clock.waiting()).toBe(0)
  }
})
