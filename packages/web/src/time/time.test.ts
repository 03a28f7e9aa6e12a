import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoOf, resolveRange, resolveTime, shiftRange, stepFor, zoomOut } from './range.ts'
import { amountText, relativeText } from './words.ts'
import { formatNs, isZone, offsetText, parseWallTime } from './zone.ts'

const now = Date.UTC(2026, 10, 20, 12, 0, 0)

describe('formatNs', () => {
  it.each([
    ['1763641389123456789', 'UTC', 9, '2025-11-20 12:23:09.123456789'],
    ['1763641389123456789', 'Asia/Seoul', 3, '2025-11-20 21:23:09.123'],
    ['1763641389123456789', 'Asia/Kolkata', 0, '2025-11-20 17:53:09'],
    ['0', 'UTC', 3, '1970-01-01 00:00:00.000'],
    ['-1', 'UTC', 9, '1969-12-31 23:59:59.999999999'],
  ] as const)('%s in %s', (ns, zone, precision, text) => {
    expect(formatNs(ns, zone, precision)).toBe(text)
  })

  it('is undone by parseWallTime, outside the hour that a change of clocks repeats', () => {
    const ns = fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n })
    fc.assert(
      fc.property(
        ns,
        fc.constantFrom('UTC', 'Asia/Seoul', 'Asia/Tokyo', 'Asia/Kathmandu', 'Asia/Kolkata'),
        (one, zone) => {
          expect(parseWallTime(formatNs(one, zone, 9), zone)).toBe(one)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('follows daylight saving time on both sides of a change', () => {
    expect(parseWallTime('2026-03-08 01:59:59', 'America/New_York')).toBe(1_772_953_199_000_000_000n)
    expect(parseWallTime('2026-03-08 03:00:00', 'America/New_York')).toBe(1_772_953_200_000_000_000n)
    expect(offsetText(Date.UTC(2026, 6, 1), 'America/St_Johns')).toBe('-02:30')
  })
})

describe('parseWallTime', () => {
  it.each(['', 'soon', '2026-13-01', '2026-02-30', '2026-01-01 24:00', '2026-01-01 10:61', '2026-01-01 10:10:99'])(
    'refuses %j',
    (text) => {
      expect(parseWallTime(text, 'UTC')).toBeUndefined()
    },
  )

  it('takes endings of its own over the zone', () => {
    expect(parseWallTime('2026-01-01T09:00:00+09:00', 'America/New_York')).toBe(parseWallTime('2026-01-01', 'UTC'))
  })
})

describe('ranges', () => {
  it('resolves relative and absolute ends', () => {
    expect(resolveTime('now-90m', now)).toBe(BigInt(now - 5_400_000) * 1_000_000n)
    expect(resolveRange({ from: 'now-1h', to: 'now' }, now)).toBeDefined()
    expect(resolveRange({ from: 'now', to: 'now-1h' }, now)).toBeUndefined()
    expect(resolveRange({ from: 'yesterday', to: 'now' }, now)).toBeUndefined()
  })

  it('writes times that it reads back to the nanosecond', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }), (ns) => {
        expect(resolveTime(isoOf(ns), now)).toBe(ns)
      }),
    )
    expect(isoOf(1_763_641_389_123_000_000n)).toBe('2025-11-20T12:23:09.123Z')
  })

  it('shifts by half and zooms out to the double, not beyond now', () => {
    const nowNs = BigInt(now) * 1_000_000n
    const range = { from: nowNs - 4_000_000_000n, to: nowNs }
    expect(shiftRange(range, -1)).toEqual({ from: '2026-11-20T11:59:54Z', to: '2026-11-20T11:59:58Z' })
    expect(zoomOut(range, now)).toEqual({ from: '2026-11-20T11:59:54Z', to: '2026-11-20T12:00:00Z' })
  })

  it('chooses round steps that keep to the number of buckets', () => {
    for (const seconds of [1, 60, 3600, 86_400, 2_592_000, 315_360_000]) {
      const step = stepFor({ from: 0n, to: BigInt(seconds) * 1_000_000_000n }, 120)
      expect((seconds * 1000) / step).toBeLessThanOrEqual(120)
    }
    expect(stepFor({ from: 0n, to: 3_600_000_000_000n }, 120)).toBe(30_000)
  })
})

describe('words', () => {
  it('speaks the language', () => {
    expect(relativeText(now - 3 * 3_600_000, now, 'ko')).toBe('3시간 전')
    expect(relativeText(now - 3 * 3_600_000, now, 'en')).toBe('3 hours ago')
    expect(amountText(15, 'minute', 'ja')).toBe('15 分')
    expect(isZone('Asia/Seoul')).toBe(true)
    expect(isZone('Moon/Base')).toBe(false)
  })
})
