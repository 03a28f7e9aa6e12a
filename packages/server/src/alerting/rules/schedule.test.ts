import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextEvaluation, offsetInInterval, startTicks } from './schedule.ts'

test('times of evaluation lie at whole intervals plus the offset, after now', () => {
  expect(nextEvaluation(0, 60_000, 5_000)).toBe(5_000)
  expect(nextEvaluation(5_000, 60_000, 5_000)).toBe(65_000)
  expect(nextEvaluation(64_999, 60_000, 5_000)).toBe(65_000)
})

test('a group has the same offset every time, and groups have different ones', () => {
  const names = Array.from({ length: 100 }, (_, i) => `group ${i}`)
  const offsets = names.map((name) => offsetInInterval({ name, file: 'a.yaml' }, 60_000))
  expect(offsets).toEqual(names.map((name) => offsetInInterval({ name, file: 'a.yaml' }, 60_000)))
  expect(offsets.every((one) => one >= 0 && one < 60_000)).toBe(true)
  expect(new Set(offsets).size).toBeGreaterThan(90)
  expect(offsetInInterval({ name: 'group 0', file: 'b.yaml' }, 60_000)).not.toBe(offsets[0])
})

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

test('evaluates at each time, and counts what falls into an evaluation that takes too long', async () => {
  const times: number[] = []
  let left = 0
  let release: (() => void) | undefined
  const ticks = startTicks(
    { intervalMs: 10_000, offsetMs: 2_000 },
    async (timeMs) => {
      times.push(timeMs)
      // The third one is under way for three intervals.
      if (times.length === 3) {
        await new Promise<void>((resolve) => {
          release = resolve
        })
      }
    },
    (count) => {
      left += count
    },
  )
  await vi.advanceTimersByTimeAsync(35_000 + 20_000)
  expect(times).toEqual([1_002_000, 1_012_000, 1_022_000])
  release?.()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(left).toBe(3)
  expect(times.slice(3)).toEqual([1_062_000])
  await ticks.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(times).toHaveLength(4)
})

test('a stop waits for the evaluation under way and tells it', async () => {
  let ended = false
  const ticks = startTicks(
    { intervalMs: 10_000, offsetMs: 0 },
    (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          ended = true
          reject(signal.reason)
        })
      }),
    () => undefined,
  )
  await vi.advanceTimersByTimeAsync(10_000)
  await ticks.stop()
  expect(ended).toBe(true)
})
