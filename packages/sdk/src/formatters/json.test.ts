import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fields } from '../fields.ts'
import { formatted } from '../formatter.ts'
import { Frame } from '../frame.ts'
import type { LogRecord } from '../record.ts'
import { recordOf } from '../testing/record.ts'
import { jsonFormatter } from './json.ts'

const TIME = Date.UTC(2026, 0, 31, 9, 5, 7, 42)

function record(fields?: Fields, bound?: Fields, message = 'hello'): LogRecord {
  return recordOf({ timeMs: TIME, logger: 'app.api', message, fields, frames: bound && [bound] })
}

const formatter = jsonFormatter()
const read = (fields?: Fields, bound?: Fields) => JSON.parse(formatter.format(record(fields, bound)))

describe('shape', () => {
  test('timestamp, level, logger, message, then fields, flat', () => {
    expect(formatter.format(record({ status: 200, path: '/x', ok: true, none: null, gone: undefined }))).toBe(
      '{"timestamp":"2026-01-31T09:05:07.042Z","level":"INFO","logger":"app.api","message":"hello","status":200,"path":"/x","ok":true,"none":null}',
    )
  })

  test('the level of a number between the named ones', () => {
    expect(JSON.parse(formatter.format({ ...record(), level: 25 })).level).toBe('LEVEL 25')
  })

  test('a field named as a part of the record keeps its value under another name', () => {
    expect(read({ message: 'm', level: 'l', time: 1 }, { timestamp: 't', logger: 'g' })).toMatchObject({
      message: 'hello',
      message_: 'm',
      level_: 'l',
      time: 1,
      timestamp_: 't',
      logger_: 'g',
    })
  })

  test('fields win over bound fields, and no key stands twice', () => {
    const text = formatter.format(record({ a: 2, c: 4 }, { a: 1, b: 3 }))
    expect(text.match(/"a":/g)).toHaveLength(1)
    expect(JSON.parse(text)).toMatchObject({ a: 2, b: 3, c: 4 })
  })

  test('the text of bound fields is made once per formatter', () => {
    const seen: string[] = []
    const value = (name: string) => ({ toJSON: () => seen.push(name) })
    const shared = Frame.join(Frame.of({ outer: value('outer') }), Frame.of({ inner: value('inner') }))
    const one = { ...record({ x: 1 }), frame: shared }
    expect(formatter.format(one)).toContain('"outer":1,"inner":2,"x":1}')
    expect(jsonFormatter().format({ ...one, fields: undefined })).toContain('"outer":1,"inner":2}')
    expect(jsonFormatter({ levelCase: 'lower' }).format(one)).toContain('"outer":3,"inner":4,"x":1}')
    expect(seen).toEqual(['outer', 'inner', 'outer', 'inner'])
  })
})

describe('values that JSON does not have', () => {
  test('errors: type, message, stack, own members, causes', () => {
    class DiskError extends Error {
      code = 'ENOSPC'
    }
    const fault = new Error('outer', { cause: new DiskError('inner', { cause: 'full' }) })
    const { error } = read({ error: fault })
    expect(error).toMatchObject({
      type: 'Error',
      message: 'outer',
      cause: { type: 'DiskError', message: 'inner', code: 'ENOSPC', cause: 'full' },
    })
    expect(error.stack).toBe(fault.stack)
    expect(read({ error: new AggregateError([new TypeError('a')], 'all') }).error.errors[0]).toMatchObject({
      type: 'TypeError',
      message: 'a',
    })
  })

  test('a chain of causes that bites its tail', () => {
    const a = new Error('a')
    a.cause = new Error('b', { cause: a })
    expect(read({ a }).a.cause.cause).toBe('[circular]')
  })

  test('circular, deep, bigint, NaN, Map, Set, Date, bytes, functions, symbols', () => {
    const ring: Record<string, unknown> = { name: 'ring' }
    ring.self = ring
    let deep: unknown = 1
    for (let i = 0; i < 50; i++) deep = { deep }
    const twice = { x: 1 }
    expect(
      read({
        ring,
        big: 2n ** 64n,
        loss: Number.NaN,
        low: Number.NEGATIVE_INFINITY,
        map: new Map([['k', new Set([1n])]]),
        date: new Date(TIME),
        bytes: new Uint8Array(3),
        call: Math.max,
        tag: Symbol('s'),
        list: [undefined, twice, twice],
      }),
    ).toMatchObject({
      ring: { name: 'ring', self: '[circular]' },
      big: '18446744073709551616',
      loss: 'NaN',
      low: '-Infinity',
      map: { k: ['1'] },
      date: '2026-01-31T09:05:07.042Z',
      bytes: '[Uint8Array 3 bytes]',
      call: '[function max]',
      tag: 'Symbol(s)',
      list: [null, { x: 1 }, { x: 1 }],
    })
    expect(JSON.stringify(read({ deep }))).toContain('[deep]')
  })

  test('getters and toJSON that throw cost only themselves', () => {
    const hostile = {
      good: 1,
      get bad() {
        throw new Error('boom')
      },
    }
    const toJSON = () => {
      throw new Error('bang')
    }
    expect(read({ hostile, json: { toJSON } })).toMatchObject({
      hostile: { good: 1, bad: '[threw boom]' },
      json: '[threw bang]',
    })
    const fields = Object.defineProperty({ a: 1 }, 'b', {
      enumerable: true,
      get() {
        throw new Error('x')
      },
    })
    expect(read(fields)).toMatchObject({ a: 1, b: '[threw while it was read]' })
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    expect(read({ revoked: revoked.proxy, after: 1 })).toMatchObject({ after: 1 })
  })
})

test('a record is formatted once for all handlers of a formatter', () => {
  let calls = 0
  const counting = { format: () => `${++calls}` }
  const one = record()
  expect([formatted(one, counting), formatted(one, counting)]).toEqual(['1', '1'])
  expect(formatted(one, { format: () => 'other' })).toBe('other')
})

test('below a frame, what is kept of one record is not in the next one', () => {
  const frame = Frame.join(Frame.of({ request: 1 }), Frame.of({ user: 'kim' }))
  const shown = (given: Partial<LogRecord>) => {
    const { timestamp, level, logger, message, ...rest } = JSON.parse(
      formatter.format({ ...record(), frame, ...given }),
    )
    return [timestamp, level, logger, message, rest]
  }
  const first: unknown[] = ['2026-01-31T09:05:07.042Z', 'INFO', 'app.api', 'hello', { request: 1, user: 'kim' }]
  expect(shown({})).toEqual(first)
  expect(shown({})).toEqual(first)
  expect(shown({ message: 'a "b"\n' })).toEqual(first.with(3, 'a "b"\n'))
  expect(shown({ timeMs: TIME + 1 })).toEqual(first.with(0, '2026-01-31T09:05:07.043Z'))
  expect(shown({ level: 30 })).toEqual(first.with(1, 'WARNING'))
  expect(shown({ logger: 'other', fields: { step: 1 } })).toEqual(
    first.with(2, 'other').with(4, { request: 1, user: 'kim', step: 1 }),
  )
  expect(shown({ frame: frame.outer })).toEqual(first.with(4, { request: 1 }))
  expect(shown({})).toEqual(first)
})

test('for what JSON has, it reads back as JSON.stringify does', () => {
  const jsonable = fc.jsonValue({ maxDepth: 4 })
  const text = fc.string({ unit: 'binary' })
  const fields = fc.dictionary(text, jsonable, { maxKeys: 8 })
  fc.assert(
    fc.property(fields, fields, fields, text, (own, inner, outer, message) => {
      const merged: Record<string, unknown> = {}
      for (const [key, value] of [outer, inner, own].flatMap((part) => Object.entries(part))) {
        const name = ['timestamp', 'level', 'logger', 'message'].includes(key) ? `${key}_` : key
        Object.defineProperty(merged, name, { value, enumerable: true, configurable: true })
      }
      const expected = JSON.parse(JSON.stringify({ message, ...merged }))
      const {
        timestamp: _t,
        level: _l,
        logger: _g,
        ...rest
      } = JSON.parse(formatter.format({ ...recordOf({ fields: own, message, frames: [outer, inner] }) }))
      expect(rest).toEqual(expected)
    }),
    { numRuns: 1000 },
  )
})

test('no value whatever makes it throw or give what is not JSON', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withObjectString: true,
  })
  fc.assert(
    fc.property(anything, anything, (a, b) => {
      const text = formatter.format(record({ a }, { b }))
      expect(JSON.parse(text).message).toBe('hello')
      expect(text).not.toContain('\n')
    }),
    { numRuns: 2000 },
  )
})
