import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recordOf } from '../testing/record.ts'
import { dateFormatter } from './date-format.ts'
import { textFormatter } from './pattern.ts'

const AT = Date.UTC(2026, 0, 31, 8, 5, 7, 42)
const utc = (format: string, timeMs = AT) => dateFormatter(format, 'utc')(timeMs)

describe('UTC', () => {
  test('every directive', () => {
    expect(utc('%Y-%m-%dT%H:%M:%S.%f%z')).toBe('2026-01-31T08:05:07.042000+0000')
    expect(utc('%a %A %b %B %d %y %j %I %p 100%%')).toBe('Sat Saturday Jan January 31 26 031 08 AM 100%')
    expect(utc('%I %p', Date.UTC(2024, 11, 31, 0))).toBe('12 AM')
    expect(utc('%I %p %j', Date.UTC(2024, 11, 31, 12))).toBe('12 PM 366')
    expect(utc('%Y', Date.UTC(33, 0) - 0)).toMatch(/^\d{4}$/)
  })

  test('an unknown directive is refused with the list', () => {
    expect(() => utc('%Q')).toThrow('unknown part %Q in the date format "%Q"; use %Y %y %m')
    expect(() => utc('50%')).toThrow(RangeError)
  })
})

describe('local', () => {
  const zone = process.env.TZ

  test.each([
    ['Asia/Seoul', '2026-01-31 17:05:07 +0900'],
    ['America/St_Johns', '2026-01-31 04:35:07 -0330'],
    ['UTC', '2026-01-31 08:05:07 +0000'],
  ])('%s', (name, expected) => {
    process.env.TZ = name
    try {
      expect(dateFormatter('%Y-%m-%d %H:%M:%S %z', 'local')(AT)).toBe(expected)
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  test('agrees with the getters of Date', () => {
    const format = dateFormatter('%Y|%m|%d|%H|%M|%S', 'local')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (timeMs) => {
        const d = new Date(timeMs)
        const numbers = [d.getFullYear(), d.getMonth() + 1, d.getDate(), d.getHours(), d.getMinutes(), d.getSeconds()]
        expect(format(timeMs).split('|').map(Number)).toEqual(numbers)
      }),
    )
  })
})

test('in a pattern', () => {
  const text = (dateFormat: string | undefined) =>
    textFormatter({
      pattern: '%(asctime)s.%(msecs)03d',
      timeZone: 'utc',
      ...(dateFormat === undefined ? {} : { dateFormat }),
    })
  expect(text('%H:%M:%S').format(recordOf())).toBe('08:05:07.042')
  expect(text(undefined).format(recordOf())).toBe('2026-01-31 08:05:07,042.042')
})

test('the kept text does not leak into other moments', () => {
  const format = dateFormatter('%S.%f', 'utc')
  expect([AT, AT + 1, AT, AT + 1000].map(format)).toEqual(['07.042000', '07.043000', '07.042000', '08.042000'])
})
