import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkSchedule, periodName, periodOf, type Schedule, type When } from './schedule.ts'

const zone = process.env.TZ
const DAY_MS = 86_400_000
const at = (text: string) => new Date(text).getTime()

function named(text: string, when: When, interval = 1, utc = false): [name: string, hours: number] {
  const schedule = { when, interval, utc }
  const { fromMs, untilMs } = periodOf(at(text), schedule)
  return [periodName(fromMs, schedule), (untilMs - fromMs) / 3_600_000]
}

afterEach(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

describe('periods', () => {
  beforeEach(() => {
    process.env.TZ = 'Asia/Seoul'
  })

  test('follow the local clock, or UTC', () => {
    expect(named('2024-12-28T14:59:59.999Z', 'midnight')).toEqual(['2024-12-28', 24])
    expect(named('2024-12-28T15:00:00.000Z', 'midnight')).toEqual(['2024-12-29', 24])
    expect(named('2024-12-28T15:00:00.000Z', 'daily', 1, true)).toEqual(['2024-12-28', 24])
    expect(named('2024-12-28T15:30:00.000Z', 'H')).toEqual(['2024-12-29_00', 1])
    expect(named('2024-12-28T15:31:02.000Z', 'minutely', 15)).toEqual(['2024-12-29_00-30', 0.25])
    expect(named('2024-12-28T15:31:02.500Z', 'S', 2)[0]).toBe('2024-12-29_00-31-02')
  })

  test('of several hours begin at midnight; the last one of a day is as long as the day allows', () => {
    expect(named('2024-12-28T06:00:00.000Z', 'hourly', 6)).toEqual(['2024-12-28_12', 6])
    expect(named('2024-12-28T14:00:00.000Z', 'hourly', 9)).toEqual(['2024-12-28_18', 6])
  })

  test('of weeks begin on the weekday named, Monday is 0', () => {
    // 2024-12-28 is a Saturday.
    expect(named('2024-12-28T03:00:00.000Z', 'W0')).toEqual(['2024-12-23', 168])
    expect(named('2024-12-28T03:00:00.000Z', 'weekly')).toEqual(['2024-12-23', 168])
    expect(named('2024-12-28T03:00:00.000Z', 'W5')).toEqual(['2024-12-28', 168])
    expect(named('2024-12-28T03:00:00.000Z', 'W6')).toEqual(['2024-12-22', 168])
  })

  test('bad schedules are refused', () => {
    const schedule = (when: string, interval: number) => ({ when: when as When, interval, utc: false })
    expect(() => checkSchedule(schedule('yearly', 1))).toThrow('when is "yearly": use midnight')
    expect(() => checkSchedule(schedule('toString', 1))).toThrow(RangeError)
    expect(() => checkSchedule(schedule('midnight', 0))).toThrow('interval is 0')
    expect(() => checkSchedule(schedule('H', 25))).toThrow('more than a day')
    expect(() => checkSchedule(schedule('MIDNIGHT', 2))).not.toThrow()
  })
})

describe('when the clocks change', () => {
  test('a day is 23 or 25 hours', () => {
    process.env.TZ = 'America/New_York'
    expect(named('2024-03-10T12:00:00Z', 'midnight')).toEqual(['2024-03-10', 23])
    expect(named('2024-11-03T12:00:00Z', 'midnight')).toEqual(['2024-11-03', 25])
  })

  test('the hour that comes twice is two periods of one name', () => {
    process.env.TZ = 'America/New_York'
    expect(named('2024-11-03T05:30:00Z', 'hourly')).toEqual(['2024-11-03_01', 1])
    expect(named('2024-11-03T06:30:00Z', 'hourly')).toEqual(['2024-11-03_01', 1])
    const schedule: Schedule = { when: 'hourly', interval: 1, utc: false }
    expect(periodOf(at('2024-11-03T05:30:00Z'), schedule).untilMs).toBe(at('2024-11-03T06:00:00Z'))
  })

  test('a day without a midnight begins at its first moment', () => {
    process.env.TZ = 'America/Sao_Paulo'
    expect(named('2018-11-04T12:00:00Z', 'midnight')).toEqual(['2018-11-04', 23])
  })
})

const ZONES = ['UTC', 'Asia/Seoul', 'America/New_York', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Pacific/Apia']
const WHENS: When[] = ['midnight', 'hourly', 'minutely', 'secondly', 'W0', 'W3', 'W6']

test('every moment is in one period, and periods follow one another without a gap', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.constantFrom(...WHENS),
      fc.integer({ min: 1, max: 24 }),
      fc.boolean(),
      fc.integer({ min: at('2011-12-25T00:00:00Z'), max: at('2030-01-01T00:00:00Z') }),
      (timeZone, when, interval, utc, timeMs) => {
        process.env.TZ = timeZone
        const schedule = { when, interval, utc }
        const period = periodOf(timeMs, schedule)
        expect(period.fromMs).toBeLessThanOrEqual(timeMs)
        expect(period.untilMs).toBeGreaterThan(timeMs)
        expect(periodOf(period.fromMs, schedule)).toEqual(period)
        expect(periodOf(period.untilMs - 1, schedule)).toEqual(period)
        expect(periodOf(period.untilMs, schedule).fromMs).toBe(period.untilMs)
        expect(period.untilMs - period.fromMs).toBeLessThanOrEqual(DAY_MS * 7 * interval + 2 * DAY_MS)
      },
    ),
    { numRuns: 2000 },
  )
})
