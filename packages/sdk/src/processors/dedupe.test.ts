import { describe, expect, it } from 'vitest'
import { createHierarchy } from '../hierarchy.ts'
import { allFields, type LogRecord } from '../record.ts'
import { createRandom } from '../testing/random.ts'
import { recordOf } from '../testing/record.ts'
import { dedupe } from './dedupe.ts'

const at = (timeMs: number, message = 'same', fields?: Record<string, unknown>) => recordOf({ timeMs, message, fields })
const brief = (result: ReturnType<ReturnType<typeof dedupe>>) =>
  [result ?? []]
    .flat()
    .map((record) => `${record.timeMs} ${record.message} ${allFields(record)?.repeated ?? ''}`.trim())

describe('dedupe', () => {
  it('holds repeats back and gives one record for them when the window is over', () => {
    const processor = dedupe({ windowMs: 1_000 })
    const first = at(0)
    expect(processor(first)).toBe(first)
    expect(brief(processor(at(10)))).toEqual([])
    expect(brief(processor(at(20)))).toEqual([])
    expect(brief(processor(at(30, 'other')))).toEqual(['30 other'])
    expect(brief(processor(at(999)))).toEqual([])
    expect(brief(processor(at(1_000)))).toEqual(['999 same 3', '1000 same'])
    expect(brief(processor(at(1_500)))).toEqual([])
    expect(brief(processor.flush?.(false))).toEqual(['1500 same 1'])
    expect(brief(processor.flush?.(false))).toEqual([])
  })

  it('tells records apart by level, logger, message and fields, or by a key', () => {
    const processor = dedupe()
    const different = [at(0), at(0, 'b'), at(0, 'same', { a: 1 }), recordOf({ timeMs: 0, message: 'same', level: 30 })]
    for (const record of different) expect(processor(record)).toBe(record)
    const byCode = dedupe({ by: 'code' })
    expect(brief(byCode(at(0, 'a', { code: 1 })))).toEqual(['0 a'])
    expect(brief(byCode(at(0, 'b', { code: 1 })))).toEqual([])
    expect([brief(byCode(at(0, 'c'))), brief(byCode(at(0, 'c')))]).toEqual([['0 c'], ['0 c']])
  })

  it('ends the oldest window early when there are too many', () => {
    const processor = dedupe({ maxKeys: 2 })
    for (const message of ['a', 'b', 'a']) processor(at(0, message))
    expect(brief(processor(at(1, 'c')))).toEqual(['0 a 1', '1 c'])
    expect(brief(processor(at(2, 'b')))).toEqual([])
  })

  it('loses none: what came out, repeats and drops are what went in', () => {
    const seed = Date.now() % 2 ** 31
    const random = createRandom(seed)
    let now = 0
    const seen: LogRecord[] = []
    const hierarchy = createHierarchy({ now: () => now })
    hierarchy.root.setLevel('DEBUG').setProcessors([dedupe({ windowMs: 50, maxKeys: 5 })])
    hierarchy.root.addHandler({ name: 'seen', level: 0, handle: (record) => void seen.push(record) })
    for (let index = 0; index < 5_000; index++) {
      now += random.whole(20)
      hierarchy.root.info(random.pick(['a', 'b', 'c', 'd', 'e', 'f', 'g']))
    }
    // What could not be counted at once is counted with these.
    for (let index = 0; index < 20; index++) hierarchy.root.info(`last ${index >> 1}`)
    return hierarchy.flush().then(() => {
      const repeated = seen.map((record) => allFields(record)?.repeated as number | undefined)
      const total = repeated.reduce((sum: number, count) => sum + (count ?? 1), 0)
      expect(total, `seed ${seed}`).toBe(5_020)
      expect(seen.length + (hierarchy.dropped.deduplicated ?? 0), `seed ${seed}`).toBe(5_020)
    })
  })

  it.each([{ windowMs: 0 }, { maxKeys: 0 }])('refuses %j', (options) => {
    expect(() => dedupe(options)).toThrow(RangeError)
  })
})
