import { describe, expect, it } from 'vitest'
import { createHierarchy } from '../hierarchy.ts'
import { allFields, type LogRecord } from '../record.ts'
import { recordOf } from '../testing/record.ts'
import { rateLimit } from './rate-limit.ts'

const at = (timeMs: number, fields = {}, level = 20) => recordOf({ timeMs, fields, level })

describe('rateLimit', () => {
  it('lets a burst through, then so many per second', () => {
    const limit = rateLimit({ perSecond: 10, burst: 3 })
    const passed = (times: number[]) => times.filter((time) => limit(at(time)) !== undefined)
    expect(passed([0, 0, 0, 0, 0])).toHaveLength(3)
    expect(passed([50, 99, 100, 101, 150, 200])).toEqual([100, 200])
    // A long pause fills no more than the burst.
    expect(passed([60_000, 60_000, 60_000, 60_000])).toHaveLength(3)
  })

  it('says how many were suppressed with the next that passes', () => {
    const limit = rateLimit({ perSecond: 1 })
    const first = at(0)
    expect(limit(first)).toBe(first)
    expect([limit(at(1)), limit(at(2))]).toEqual([undefined, undefined])
    expect(allFields(limit(at(1_000, { a: 1 })) as LogRecord)).toEqual({ suppressed: 2, a: 1 })
    const next = at(2_000)
    expect(limit(next)).toBe(next)
  })

  it('limits each key by itself, and forgets the one not seen the longest', () => {
    const limit = rateLimit({ perSecond: 1, by: 'ip', maxKeys: 2 })
    const passes = (ip: string) => limit(at(0, { ip })) !== undefined
    expect([passes('a'), passes('a'), passes('b'), passes('b'), passes('a')]).toEqual([true, false, true, false, false])
    expect([passes('c'), passes('a'), passes('b')]).toEqual([true, false, true])
  })

  it('does not take away when the clock is set back', () => {
    const limit = rateLimit({ perSecond: 1, burst: 2 })
    expect([limit(at(10_000)), limit(at(0)), limit(at(0)), limit(at(1_000))].map((one) => one !== undefined)).toEqual([
      true,
      true,
      false,
      true,
    ])
  })

  it('spares levels when told, and is counted by its reason', () => {
    const seen: LogRecord[] = []
    const { root, dropped, ...hierarchy } = createHierarchy({ now: () => 0 })
    root.setLevel('DEBUG').setProcessors([rateLimit({ perSecond: 1, below: 'ERROR' })])
    root.addHandler({ name: 'seen', level: 0, handle: (record) => void seen.push(record) })
    for (let index = 0; index < 3; index++) {
      root.info('often')
      root.error('bad')
    }
    expect(seen.map(({ message }) => message)).toEqual(['often', 'bad', 'bad', 'bad'])
    expect(dropped).toEqual({})
    expect(hierarchy.getLogger().processors[0]?.reason).toBe('rate_limited')
  })

  it.each([{ perSecond: 0 }, { perSecond: Number.NaN }, { perSecond: 1, burst: 0 }, { perSecond: 1, maxKeys: 0 }])(
    'refuses %j',
    (options) => {
      expect(() => rateLimit(options)).toThrow(RangeError)
    },
  )
})
