import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatBytes, parseBytes } from './bytes.ts'
import { formatDuration, parseDuration } from './duration.ts'

describe('sizes', () => {
  test.each([
    ['256KB', 262_144],
    ['8MiB', 8_388_608],
    ['1.5 gb', 1_610_612_736],
    ['512', 512],
    [1000, 1000],
    ['3k', 3072],
    ['7B', 7],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes)
  })

  test.each(['', 'many', '-1', '1e9', '5 MBit', 'MiB', '99999999TiB'])('%j is refused', (text) => {
    expect(() => parseBytes(text)).toThrow(/not a size: write for example 256KB/)
  })

  test('a printed size reads back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => parseBytes(formatBytes(bytes)) === bytes),
      { verbose: true },
    )
    expect(formatBytes(8_388_608)).toBe('8MiB')
  })
})

describe('durations', () => {
  test.each([
    ['100ms', 100],
    ['7d', 604_800_000],
    ['30d1h', 2_595_600_000],
    ['1.5s', 1500],
    ['1m30s', 90_000],
    ['0', 0],
    [0, 0],
    ['1w', 604_800_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test('a number without unit is refused, because it would be guessed', () => {
    expect(() => parseDuration(30)).toThrow('without a unit: write for example 100ms, 30s, 7d or 30d1h')
  })

  test.each(['', '-1s', '5 parsecs', 's', '1h-2m'])('%j is refused', (text) => {
    expect(() => parseDuration(text)).toThrow(/not a duration/)
  })

  test('a printed duration reads back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 45 }), (ms) => parseDuration(formatDuration(ms)) === ms),
      { verbose: true },
    )
    expect(formatDuration(2_595_600_000)).toBe('30d1h')
  })
})
