import { describe, expect, it } from 'vitest'
import { levelsFilter } from '../filters/levels.ts'
import { jsonFormatter } from '../formatters/json.ts'
import type { Processor } from '../processor.ts'
import { allFields, type LogRecord } from '../record.ts'
import { recordOf } from '../testing/record.ts'
import { addFields, dropFields, mapLevel, messageTemplates, renameFields } from './index.ts'

const one = (processor: Processor, record: LogRecord) => processor(record) as LogRecord

describe('addFields', () => {
  it('adds inside of the context and outside of the call', () => {
    const record = recordOf({ fields: { a: 'call' }, frames: [{ a: 'frame', b: 'frame' }] })
    expect(allFields(one(addFields({ a: 'added', b: 'added', c: 'added' }), record))).toEqual({
      a: 'call',
      b: 'added',
      c: 'added',
    })
  })

  it('makes fields of the record, or none', () => {
    const slow = addFields(({ fields }) => (Number(fields?.duration_ms) > 100 ? { slow: true } : undefined))
    expect(allFields(one(slow, recordOf({ fields: { duration_ms: 200 } })))).toEqual({ slow: true, duration_ms: 200 })
    const record = recordOf({ fields: { duration_ms: 1 } })
    expect(slow(record)).toBe(record)
  })
})

describe('renameFields', () => {
  const rename = renameFields({ uid: 'user_id', a: 'b', b: 'a' })

  it('renames in the call and in frames, in place', () => {
    const record = recordOf({ fields: { x: 1, uid: 2, y: 3 }, frames: [{ uid: 4 }, { plain: 5 }] })
    const renamed = one(rename, record)
    expect(Object.keys(renamed.fields ?? {})).toEqual(['x', 'user_id', 'y'])
    expect(allFields(renamed)).toEqual({ user_id: 2, plain: 5, x: 1, y: 3 })
    expect(renamed.frame?.inner).toBe(record.frame?.inner)
    expect(one(rename, { ...record, message: 'next' }).frame).toBe(renamed.frame)
  })

  it('swaps names, and takes the place of a field that has the name already', () => {
    expect(one(rename, recordOf({ fields: { a: 1, b: 2 } })).fields).toEqual({ b: 1, a: 2 })
    expect(one(rename, recordOf({ fields: { user_id: 1, uid: 2 } })).fields).toEqual({ user_id: 2 })
    const record = recordOf({ fields: { c: 1 } })
    expect(rename(record)).toBe(record)
  })
})

describe('dropFields', () => {
  it('drops by name and expression, everywhere', () => {
    const drop = dropFields('debug', /^_/g)
    const record = recordOf({ fields: { debug: 1, _a: 2, _b: 3, c: 4 }, frames: [{ _d: 5, e: 6 }] })
    expect(allFields(one(drop, record))).toEqual({ c: 4, e: 6 })
    const clean = recordOf({ fields: { c: 4 }, frames: [{ e: 6 }] })
    expect(drop(clean)).toBe(clean)
  })
})

describe('mapLevel', () => {
  it('changes the level by number or name', () => {
    const map = mapLevel(({ logger }) => (logger === 'noisy' ? 'DEBUG' : undefined))
    expect(one(map, recordOf({ logger: 'noisy' })).level).toBe(10)
    const record = recordOf()
    expect(map(record)).toBe(record)
  })
})

describe('messageTemplates', () => {
  const filled = (message: string, fields: Record<string, unknown>) =>
    one(messageTemplates(), recordOf({ message, fields, frames: [{ who: 'kim' }] })).message

  it('fills from the fields of the call and of frames', () => {
    expect(filled('{who} placed {order} of {items}', { order: 4711, items: ['a'] })).toBe('kim placed 4711 of ["a"]')
    expect(filled('{error}', { error: new Error('no answer') })).toBe('no answer')
    expect(filled('{who}', { who: '{order}', order: 1 })).toBe('{order}')
  })

  it('leaves what it has no field for', () => {
    const record = recordOf({ message: 'a {missing} {} {not a name} {toString}', fields: {} })
    expect(messageTemplates()(record)).toBe(record)
  })

  it('can keep the template', () => {
    const record = recordOf({ message: 'order {id}', fields: { id: 7 } })
    const text = jsonFormatter().format(one(messageTemplates({ templateField: 'template' }), record))
    expect(JSON.parse(text)).toMatchObject({ message: 'order 7', template: 'order {id}', id: 7 })
  })

  it('goes through 1 MB of braces in no time', () => {
    const { user } = process.cpuUsage()
    for (const unit of ['{', '{a', '{}', '{a b']) filled(unit.repeat(2 ** 20 / unit.length), {})
    expect((process.cpuUsage().user - user) / 1000).toBeLessThan(8_000)
  })
})

describe('levelsFilter', () => {
  it('takes a span of levels', () => {
    const levels = [10, 20, 30, 40]
    const passing = (filter: ReturnType<typeof levelsFilter>) => levels.filter((level) => filter(recordOf({ level })))
    expect(passing(levelsFilter({ min: 'INFO', max: 'INFO' }))).toEqual([20])
    expect(passing(levelsFilter({ max: 'WARNING' }))).toEqual([10, 20, 30])
    expect(passing(levelsFilter({ min: 30 }))).toEqual([30, 40])
    expect(() => levelsFilter({ min: 'ERROR', max: 'INFO' })).toThrow(/above max/)
  })
})
