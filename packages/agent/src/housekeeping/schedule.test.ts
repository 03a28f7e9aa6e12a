import { afterEach, expect, test, vi } from 'vitest'
import { daily, nextTime } from './schedule.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

test('the next time is today or tomorrow by the clock on the wall', () => {
  const at = (hour: number, minute = 0, day = 5) => new Date(2026, 4, day, hour, minute).getTime()
  expect(nextTime('02:00', at(1, 59))).toBe(at(2))
  expect(nextTime('02:00', at(2))).toBe(at(2, 0, 6))
  expect(nextTime('23:30', at(23, 31, 31))).toBe(new Date(2026, 5, 1, 23, 30).getTime())
})

test('each day once, also when clocks are put forward and back', () => {
  vi.stubEnv('TZ', 'Europe/Berlin')
  let moment = new Date(2026, 2, 27, 12).getTime()
  const found: string[] = []
  for (let i = 0; i < 4; i++) {
    moment = nextTime('02:30', moment)
    found.push(new Date(moment).toISOString())
  }
  expect(found).toEqual([
    '2026-03-28T01:30:00.000Z',
    '2026-03-29T01:30:00.000Z',
    '2026-03-30T00:30:00.000Z',
    '2026-03-31T00:30:00.000Z',
  ])
  moment = new Date(2026, 9, 24, 12).getTime()
  const autumn = [1, 2].map(() => {
    moment = nextTime('02:30', moment)
    return new Date(moment).toISOString()
  })
  expect(autumn).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'])
})

test('calls each day at its time until it is ended', () => {
  vi.useFakeTimers({ now: new Date(2026, 4, 5, 1, 0) })
  const times: string[] = []
  const end = daily('02:00', Date.now, () => times.push(new Date().toString().slice(8, 21)))
  vi.advanceTimersByTime(49.5 * 3_600_000)
  expect(times).toEqual(['05 2026 02:00', '06 2026 02:00', '07 2026 02:00'])
  end()
  vi.advanceTimersByTime(48 * 3_600_000)
  expect(times).toHaveLength(3)
})
