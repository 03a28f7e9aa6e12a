import { describe, expect, it } from 'vitest'
import { jsonFormatter } from '../formatters/json.ts'
import type { LogRecord } from '../record.ts'
import { createRandom } from '../testing/random.ts'
import { recordOf } from '../testing/record.ts'
import { sample } from './sample.ts'

const kept = (processor: ReturnType<typeof sample>, records: readonly LogRecord[]) =>
  records.filter((record) => processor(record) !== undefined)
const ofRequest = (id: unknown) => recordOf({ frames: [{ request_id: id }] })

describe('sample', () => {
  it('keeps the share asked for', () => {
    const processor = sample({ rate: 0.1, random: createRandom(3).share })
    const count = kept(
      processor,
      Array.from({ length: 20_000 }, () => recordOf()),
    ).length
    expect(count).toBeGreaterThan(1_800)
    expect(count).toBeLessThan(2_200)
    expect(kept(sample({ rate: 0 }), [recordOf()])).toEqual([])
    expect(kept(sample({ rate: 1 }), [recordOf()])).toHaveLength(1)
  })

  it('keeps the first and every n-th', () => {
    const records = Array.from({ length: 7 }, (_, n) => recordOf({ fields: { n } }))
    expect(kept(sample({ everyNth: 3 }), records).map(({ fields }) => fields?.n)).toEqual([0, 3, 6])
  })

  it('keeps all records of a key or none, the same keys in every process', () => {
    const one = sample({ rate: 0.25, by: 'request_id' })
    const other = sample({ everyNth: 4, by: 'request_id' })
    const ids = Array.from({ length: 4_000 }, (_, index) => `req_${index.toString(16)}`)
    const decisions = ids.map((id) => one(ofRequest(id)) !== undefined)
    expect(ids.map((id) => one(ofRequest(id)) !== undefined)).toEqual(decisions)
    expect(ids.map((id) => other(ofRequest(id)) !== undefined)).toEqual(decisions)
    const share = decisions.filter(Boolean).length / ids.length
    expect(share).toBeGreaterThan(0.22)
    expect(share).toBeLessThan(0.28)
    // Known, so that a change of the hash is seen: other processes may run the version before.
    expect(ids.filter((_, index) => decisions[index]).slice(0, 4)).toMatchInlineSnapshot(`
      [
        "req_0",
        "req_1",
        "req_3",
        "req_4",
      ]
    `)
  })

  it('samples records without the key one by one', () => {
    const processor = sample({ rate: 0.5, by: 'request_id', random: () => 0.7 })
    expect(processor(recordOf())).toBeUndefined()
    expect(processor(ofRequest(null))).toBeUndefined()
  })

  it('keeps warnings and above unless told', () => {
    const warning = recordOf({ level: 30 })
    expect(sample({ rate: 0 })(warning)).toBe(warning)
    expect(sample({ rate: 0, below: 'CRITICAL' })(warning)).toBeUndefined()
  })

  it('can say what a record stands for', () => {
    const processor = sample({ everyNth: 4, addRate: true })
    expect(JSON.parse(jsonFormatter().format(processor(recordOf({ fields: { a: 1 } })) as LogRecord))).toMatchObject({
      a: 1,
      sample_rate: 0.25,
    })
    const warning = recordOf({ level: 30 })
    expect(processor(warning)).toBe(warning)
  })

  it.each([{}, { rate: 0.5, everyNth: 2 }, { rate: 1.1 }, { rate: Number.NaN }, { everyNth: 0 }, { everyNth: 1.5 }])(
    'refuses %j',
    (options) => {
      expect(() => sample(options)).toThrow(RangeError)
    },
  )
})
