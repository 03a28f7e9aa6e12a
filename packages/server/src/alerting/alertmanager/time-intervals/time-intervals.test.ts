import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { printTimeInterval, readTimeInterval, readTimeIntervalParts } from './read-time-interval.ts'
import { timeInterval } from './time-interval.ts'

const office = { times: [{ start_time: '09:00', end_time: '17:00' }], weekdays: ['monday:friday'] }

/** Interval, moment, whether it lies in it. 2026-11-22 is a Sunday. */
const MOMENTS: readonly (readonly [Record<string, unknown>, string, boolean])[] = [
  [{}, '2026-11-22T03:00:00Z', true],
  [office, '2026-11-23T09:00:00Z', true],
  [office, '2026-11-23T08:59:59.999Z', false],
  [office, '2026-11-23T16:59:59.999Z', true],
  [office, '2026-11-23T17:00:00Z', false],
  [office, '2026-11-22T12:00:00Z', false],
  [{ times: [{ start_time: '22:00', end_time: '24:00' }] }, '2026-11-22T23:59:59Z', true],
  [{ times: [{ start_time: '22:00', end_time: '24:00' }] }, '2026-11-23T00:00:00Z', false],
  [{ weekdays: ['Sunday', 'SATURDAY'] }, '2026-11-21T00:00:00Z', true],
  [{ weekdays: [] }, '2026-11-21T00:00:00Z', false],
  [{ days_of_month: ['1:5'] }, '2026-11-05T23:59:00Z', true],
  [{ days_of_month: ['1:5'] }, '2026-11-06T00:00:00Z', false],
  [{ days_of_month: [-1] }, '2026-11-30T12:00:00Z', true],
  [{ days_of_month: [-1] }, '2026-11-29T12:00:00Z', false],
  [{ days_of_month: [-1] }, '2024-02-29T12:00:00Z', true],
  [{ days_of_month: [-1] }, '2024-02-28T12:00:00Z', false],
  [{ days_of_month: ['25:-3'] }, '2026-02-26T12:00:00Z', true],
  [{ days_of_month: ['25:-3'] }, '2026-02-27T12:00:00Z', false],
  [{ days_of_month: [31] }, '2026-11-30T12:00:00Z', false],
  [{ days_of_month: ['29:31'] }, '2026-11-30T12:00:00Z', true],
  [{ days_of_month: ['-31:-29'] }, '2026-02-01T12:00:00Z', false],
  [{ months: ['june:august', 11] }, '2026-11-01T00:00:00Z', true],
  [{ months: ['june:august', 11] }, '2026-12-01T00:00:00Z', false],
  [{ years: [2020, '2025:2026'] }, '2026-12-31T23:59:59Z', true],
  [{ years: [2020, '2025:2026'] }, '2027-01-01T00:00:00Z', false],
  // Zones: half an hour, across the date line, the other hemisphere.
  [{ ...office, location: 'Asia/Kolkata' }, '2026-11-23T03:30:00Z', true],
  [{ ...office, location: 'Asia/Kolkata' }, '2026-11-23T03:29:59Z', false],
  [{ weekdays: ['monday'], location: 'Asia/Seoul' }, '2026-11-22T15:00:00Z', true],
  [{ weekdays: ['monday'], location: 'Asia/Seoul' }, '2026-11-22T14:59:59Z', false],
  [{ days_of_month: [1], months: [1], years: [2027], location: 'Pacific/Kiritimati' }, '2026-12-31T10:00:00Z', true],
  [{ times: [{ start_time: '00:00', end_time: '00:01' }], location: 'Asia/Tokyo' }, '2026-11-22T15:00:30Z', true],
  // The clock goes forward from 02:00 to 03:00 on 2026-03-29 in Berlin: a time between the two does not come that day.
  [{ times: [{ start_time: '02:00', end_time: '03:00' }], location: 'Europe/Berlin' }, '2026-03-29T00:59:59Z', false],
  [{ times: [{ start_time: '02:00', end_time: '03:00' }], location: 'Europe/Berlin' }, '2026-03-29T01:00:00Z', false],
  [{ times: [{ start_time: '03:00', end_time: '04:00' }], location: 'Europe/Berlin' }, '2026-03-29T01:00:00Z', true],
  [{ days_of_month: [-1], location: 'Europe/Berlin' }, '2026-03-31T12:00:00Z', true],
  [{ days_of_month: [-1], location: 'Europe/Berlin' }, '2026-03-30T12:00:00Z', false],
  // It goes back from 02:00 to 01:00 on 2026-11-01 in New York: the hour from 01:00 comes twice.
  [{ times: [{ start_time: '01:00', end_time: '02:00' }], location: 'America/New_York' }, '2026-11-01T05:30:00Z', true],
  [{ times: [{ start_time: '01:00', end_time: '02:00' }], location: 'America/New_York' }, '2026-11-01T06:30:00Z', true],
  [
    { times: [{ start_time: '01:00', end_time: '02:00' }], location: 'America/New_York' },
    '2026-11-01T07:00:00Z',
    false,
  ],
]

describe('a time interval', () => {
  test.each(MOMENTS)('%j at %s: %s', (written, moment, expected) => {
    expect(readTimeInterval(written).contains(Date.parse(moment))).toBe(expected)
  })

  test('Local is the zone of this machine', () => {
    const now = new Date(2026, 5, 3, 10, 30)
    const interval = readTimeInterval({ times: [{ start_time: '10:30', end_time: '10:31' }], location: 'Local' })
    expect(interval.contains(now.getTime())).toBe(true)
    expect(interval.contains(now.getTime() + 60_000)).toBe(false)
  })

  test.each([
    [
      { weekdays: ['friday:monday'] },
      'weekdays.0: friday:monday ends before it starts (a week starts on Sunday): write it as two ranges',
    ],
    [{ weekdays: ['mon'] }, 'weekdays.0: "mon" is no day of the week'],
    [{ weekdays: ['monday:tuesday:friday'] }, 'weekdays.0: "monday:tuesday:friday" is no range: write FROM:TO'],
    [{ weekdays: 'monday' }, 'weekdays: must be a list'],
    [{ weekday: ['monday'] }, 'weekday: unknown key; is weekdays meant?'],
    [{ days_of_month: [0] }, 'days_of_month.0: 0 is no day of a month'],
    [{ days_of_month: ['-1:5'] }, 'days_of_month.0: -1:5 starts from the end of the month'],
    [{ days_of_month: ['19:-10'] }, 'days_of_month.0: 19:-10 ends before it starts'],
    [{ months: [13] }, 'months.0: "13" is no month'],
    [{ months: ['march:january'] }, 'months.0: march:january ends before it starts'],
    [{ years: ['2027:2026'] }, 'years.0: 2027:2026 ends before it starts'],
    [{ times: [{ start_time: '9:00', end_time: '17:00' }] }, 'times.0.start_time: "9:00" is no time'],
    [{ times: [{ start_time: '09:00' }] }, 'times.0: end_time is missing'],
    [{ times: [{ start_time: 540, end_time: '10:00' }] }, 'times.0.start_time: must be a time'],
    [{ times: [{ start_time: '17:00', end_time: '09:00' }] }, 'times.0: ends before it starts: a span over midnight'],
    [{ location: 'Nowhere/Land' }, 'location: unknown time zone "Nowhere/Land"'],
    [{ location: '+01:00' }, 'location: unknown time zone "+01:00"'],
    [['monday'], 'must be a map of times, weekdays'],
    [{ years: [{}], months: ['x'] }, '; '],
  ])('%j is refused: %s', (written, message) => {
    expect(() => readTimeInterval(written)).toThrow(RangeError)
    expect(() => readTimeInterval(written)).toThrow(message)
  })

  test('what is printed reads back', () => {
    const range = (min: number, max: number) =>
      fc
        .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
        .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))
    const parts = fc.record(
      {
        times: fc.array(
          range(0, 1439).map(({ from, to }) => ({ from, to: to + 1 })),
          { maxLength: 3 },
        ),
        weekdays: fc.array(range(0, 6), { maxLength: 3 }),
        daysOfMonth: fc.array(fc.oneof(range(1, 31), range(-31, -1)), { maxLength: 3 }),
        months: fc.array(range(1, 12), { maxLength: 3 }),
        years: fc.array(range(-5, 3000), { maxLength: 3 }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(parts, fc.integer({ min: 0, max: 2e12 }), (given, timeMs) => {
        const faults: string[] = []
        const read = readTimeIntervalParts(printTimeInterval(given), (_, message) => faults.push(message))
        expect(faults).toEqual([])
        expect(read).toEqual(given)
        expect(timeInterval(read).contains(timeMs)).toBe(timeInterval(given).contains(timeMs))
      }),
    )
  })
})
