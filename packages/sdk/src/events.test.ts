import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as events from './events.ts'
import { defineEvent, type EventFields, eventSchema } from './events.ts'
import { jsonFormatter } from './formatters/index.ts'
import { allFields, createHierarchy, type Fields, type LogRecord, textFormatter } from './index.ts'

function setUp(level = 0) {
  const records: LogRecord[] = []
  const hierarchy = createHierarchy()
  hierarchy.root.setLevel(level).addHandler({ name: 'list', level: 0, handle: (record) => void records.push(record) })
  return { log: hierarchy.getLogger('shop'), records }
}

const orderPlaced = defineEvent({
  name: 'order_placed',
  level: 'WARNING',
  message: 'order placed',
  description: 'A customer has paid.',
  fields: {
    order_id: 'string',
    total: { type: 'number', description: 'EUR' },
    express: 'boolean',
    kind: ['web', 'app'],
    note: 'string?',
    at: 'date?',
    items: 'json?',
    tags: 'string[]?',
    via: { type: ['mail', 'phone'], optional: true },
  },
  check: true,
  complain: () => {},
})

const given = { order_id: 'o-1', total: 9.5, express: false, kind: 'web' } as const

describe('a record of an event', () => {
  test('has the level, the message, event_name and the fields', () => {
    const { log, records } = setUp()
    orderPlaced(log.with({ request_id: 'r' }), { ...given, at: new Date(0) })
    const [record] = records as [LogRecord]
    expect([record.level, record.logger, record.message]).toEqual([30, 'shop', 'order placed'])
    expect({ ...allFields(record) }).toEqual({
      request_id: 'r',
      event_name: 'order_placed',
      ...given,
      at: new Date(0),
    })
    expect(record.event).toBe(orderPlaced.type)
    expect(jsonFormatter().format(record)).toBe(
      `{"timestamp":"${new Date(record.timeMs).toISOString()}","level":"WARNING","logger":"shop","message":"order placed",` +
        '"request_id":"r","event_name":"order_placed","order_id":"o-1","total":9.5,"express":false,"kind":"web",' +
        '"at":"1970-01-01T00:00:00.000Z"}',
    )
    expect(textFormatter('%(message)s').format(record)).toMatch(
      /^order placed request_id=r event_name=order_placed ord/,
    )
  })

  test('below the level of the logger there is none, and nothing is computed', () => {
    const { log, records } = setUp(30)
    let made = 0
    const quiet = defineEvent({ name: 'quiet', message: () => `made ${++made}` })
    quiet(log)
    expect([records.length, made]).toEqual([0, 0])
    log.setLevel('INFO')
    quiet(log)
    expect(records.map(({ message }) => message)).toEqual(['made 1'])
  })

  test('the message may be made of the fields, and is the name by default', () => {
    const { log, records } = setUp()
    const named = defineEvent({ name: 'paid', fields: { id: 'integer' }, message: ({ id }) => `order ${id} is paid` })
    const plain = defineEvent({ name: 'plain' })
    const throws = defineEvent({
      name: 'throws',
      message: () => {
        throw new Error('no')
      },
    })
    named(log, { id: 7 })
    plain(log)
    throws(log)
    expect(records.map(({ message, level }) => [message, level])).toEqual([
      ['order 7 is paid', 20],
      ['plain', 20],
      ['throws', 20],
    ])
  })
})

describe('types', () => {
  const { log } = setUp(100)

  test('missing, wrong and undeclared fields are errors', () => {
    orderPlaced(log, { ...given, note: undefined, via: 'mail', tags: ['a'], items: [{ sku: 1 }] })
    // @ts-expect-error kind is missing
    orderPlaced(log, { order_id: 'o', total: 1, express: true })
    // @ts-expect-error all are missing
    orderPlaced(log)
    // @ts-expect-error total is no number
    orderPlaced(log, { ...given, total: '9.5' })
    // @ts-expect-error kind is none of the texts
    orderPlaced(log, { ...given, kind: 'fax' })
    // @ts-expect-error note may be missing, but not null
    orderPlaced(log, { ...given, note: null })
    // @ts-expect-error via may be missing, but not any text
    orderPlaced(log, { ...given, via: 'pigeon' })
    // @ts-expect-error at is no text
    orderPlaced(log, { ...given, at: '2026-01-31' })
    // @ts-expect-error mail is not declared
    orderPlaced(log, { ...given, mail: 'a@b.c' })
    const more = { ...given, mail: 'a@b.c' }
    // @ts-expect-error neither is it in a variable
    orderPlaced(log, more)
    // @ts-expect-error no logger
    const withoutLogger = () => orderPlaced(console, given)
    expect(withoutLogger).toBeTypeOf('function')
  })

  test('fields may be left away when all of them may be missing', () => {
    const started = defineEvent({ name: 'started', fields: { host: 'string?' } })
    started(log)
    started(log, { host: 'a' })
    // @ts-expect-error host is a text
    started(log, { host: 1 })
    const empty = defineEvent({ name: 'empty' })
    // @ts-expect-error nothing is declared
    empty(log, { host: 'a' })
  })

  test('of definitions', () => {
    // @ts-expect-error no such type
    expect(() => defineEvent({ name: 'e', fields: { a: 'text' } })).toThrow(RangeError)
    // The message is given the fields by their types.
    defineEvent({
      name: 'e',
      fields: { a: 'number', b: 'date?' },
      message: ({ a, b }) => `${a.toFixed(1)} ${b?.getTime()}`,
    })
    const fields = { a: 'string', b: ['x', 'y'], c: 'integer?' } as const
    const value: EventFields<typeof fields> = { a: '', b: 'x' }
    // @ts-expect-error c is a number
    const wrong: EventFields<typeof fields> = { a: '', b: 'x', c: '1' }
    expect([value, wrong]).toHaveLength(2)
  })
})

describe('definitions that cannot be', () => {
  test.each<[Fields, string]>([
    [{ a: 'text' }, 'event e, field "a": unknown type "text"; use one of string, number, integer'],
    [{ a: [] }, 'event e, field "a": the list of texts allowed is empty or has something else in it'],
    [{ a: [1] }, 'the list of texts allowed'],
    [{ a: { optional: true } }, 'the type is missing'],
    [{ message: 'string' }, 'event e, field "message": records have something of this name themselves; choose another'],
    [{ event_name: 'string' }, 'choose another'],
    [{ 7: 'string' }, 'a name must not be a number'],
  ])('%j', (fields, message) => {
    expect(() => defineEvent({ name: 'e', fields: fields as { a: 'string' } })).toThrow(message)
    expect(() => defineEvent({ name: 'e', fields: fields as { a: 'string' } })).toThrow(RangeError)
  })

  test('no name, no such level', () => {
    expect(() => defineEvent({ name: '' })).toThrow('an event needs a name')
    expect(() => defineEvent({ name: 'e', level: 'LOUD' })).toThrow('event e: unknown level "LOUD"')
    expect(() => defineEvent({ name: 'e', message: 3 as never })).toThrow('event e: the message is 3: use a text')
  })
})

describe('at run time', () => {
  const complaints: string[] = []
  const strict = defineEvent({
    name: 'strict',
    fields: {
      id: 'string',
      n: 'integer?',
      k: ['a', 'b'],
      d: 'date?',
      l: 'number[]?',
      e: 'error?',
      j: 'json?',
      x: 'number?',
    },
    check: true,
    complain: (text) => void complaints.push(text),
  }) as (log: unknown, fields?: unknown) => void

  test.each<[unknown, string | undefined]>([
    [{ id: 'x', k: 'a', n: 1, d: new Date(), l: [1], e: new Error(), j: null, x: Number.NaN }, undefined],
    [{ k: 'a', id: 'x' }, undefined],
    [{ id: 'x', k: 'b', n: undefined }, undefined],
    [{ id: 7, k: 'a' }, 'id is number, not string'],
    [{ id: null, k: 'a' }, 'id is null, not string'],
    [{}, 'id is missing; k is missing'],
    [{ id: 'x', k: 'secret' }, 'k is none of a, b'],
    [{ id: 'x', k: 'a', n: 1.5 }, 'n is number, not integer'],
    [{ id: 'x', k: 'a', d: '2026' }, 'd is string, not date'],
    [{ id: 'x', k: 'a', l: [1, '2'] }, 'l is a list, not number[]'],
    [{ id: 'x', k: 'a', e: new Date() }, 'e is Date, not error'],
    [{ id: 'x', k: 'a', mail: 'a@b.c' }, 'mail is not declared'],
    [null, 'the fields are no object'],
    ['text', 'the fields are no object'],
    [[1], 'the fields are no object'],
    [
      {
        get id() {
          throw new Error('no')
        },
      },
      'the fields cannot be read',
    ],
  ])('%#: %2$s', (fields, fault) => {
    const { log, records } = setUp()
    complaints.length = 0
    strict(log.with({ bound: 1 }), fields)
    expect(records).toHaveLength(1)
    const [record] = records as [LogRecord]
    const written = JSON.parse(jsonFormatter().format(record))
    expect(written).toMatchObject({ bound: 1, event_name: 'strict' })
    expect(written.event_invalid).toBe(fault)
    expect(complaints).toEqual(fault === undefined ? [] : [`event strict: ${fault}`])
    expect(record.event === undefined).toBe(fault !== undefined)
    if (typeof fields === 'object' && fields !== null && 'mail' in fields) expect(written.mail).toBe('a@b.c')
  })

  test('unchecked, a wrong value is written as any other, and nothing that is undeclared is lost', () => {
    const { log, records } = setUp()
    const loose = defineEvent({ name: 'loose', fields: { id: 'string', k: ['a'] }, check: false }) as (
      log: unknown,
      fields: unknown,
    ) => void
    loose(log, { id: 7, k: { odd: true } })
    loose(log.with({ id: 'bound', mail: 'bound' }), { mail: 'call' })
    const [first, second] = records.map((record) => JSON.parse(jsonFormatter().format(record)))
    expect(first).toMatchObject({ id: 7, k: { odd: true } })
    expect(second).toMatchObject({ id: 'bound', mail: 'call', event_name: 'loose' })
    expect(second).not.toHaveProperty('event_invalid')
  })

  test('production is not checked unless that is asked for', () => {
    const before = process.env.NODE_ENV
    const { log, records } = setUp()
    try {
      for (const environment of ['production', 'development']) {
        process.env.NODE_ENV = environment
        const event = defineEvent({ name: 'e', fields: { id: 'string' }, complain: () => {} }) as (
          log: unknown,
          fields: unknown,
        ) => void
        event(log, { id: 1 })
      }
    } finally {
      process.env.NODE_ENV = before
    }
    expect(records.map((record) => allFields(record)?.event_invalid)).toEqual([undefined, 'id is number, not string'])
  })
})

test('the schema is plain data', () => {
  expect(JSON.parse(JSON.stringify(eventSchema(orderPlaced)))).toEqual({
    name: 'order_placed',
    level: 30,
    description: 'A customer has paid.',
    fields: [
      { name: 'order_id', kind: 'string', optional: false },
      { name: 'total', kind: 'number', optional: false, description: 'EUR' },
      { name: 'express', kind: 'boolean', optional: false },
      { name: 'kind', kind: 'enum', values: ['web', 'app'], optional: false },
      { name: 'note', kind: 'string', optional: true },
      { name: 'at', kind: 'date', optional: true },
      { name: 'items', kind: 'json', optional: true },
      { name: 'tags', kind: 'string[]', optional: true },
      { name: 'via', kind: 'enum', values: ['mail', 'phone'], optional: true },
    ],
  })
  expect(() => eventSchema((() => {}) as never)).toThrow(TypeError)
})

describe('the text is that of jsonFormatter for the same fields', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'odd "name"\n', 'message_', 'ключ']
  const kinds = ['string', 'number', 'boolean', 'json', 'string[]?', 'date?', ['x', 'y"', '\ud800', '한국']] as const
  const anything = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('x', 'y"', '\ud800', '한국', undefined, Number.NaN, -0, new Error('e'), () => 1),
  )

  test('whatever the fields, their order, bound fields of the same names, and further formatters', () => {
    const formatters = [
      jsonFormatter(),
      jsonFormatter({ names: { message: 'a', level: false }, levelCase: 'lower' }),
      jsonFormatter({ contextKey: 'context', nest: 'all' }),
      jsonFormatter({ exceptionKey: 'b' }),
    ]
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...kinds)),
        fc.array(fc.tuple(fc.constantFrom(...names), anything)),
        fc.array(fc.dictionary(fc.constantFrom(...names, 'event_name', 'z', 'message'), anything), { maxLength: 3 }),
        (schema, pairs, bound) => {
          const { log, records } = setUp()
          const event = defineEvent({ name: 'ev', fields: schema, check: false }) as (
            log: unknown,
            fields: Fields,
          ) => void
          const logger = bound.reduce((one, fields) => one.with(fields), log)
          event(logger, Object.fromEntries(pairs.filter(([name]) => Object.hasOwn(schema, name))))
          const [record] = records as [LogRecord]
          expect(record.event).toBeDefined()
          for (const formatter of formatters) {
            expect(formatter.format(record)).toBe(formatter.format({ ...record, event: undefined }))
          }
          const written = JSON.parse((formatters[0] as { format(record: LogRecord): string }).format(record))
          expect(written.event_name).toBe('ev')
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('also where a field cannot be read', () => {
    const { log, records } = setUp()
    const event = defineEvent({ name: 'ev', fields: { a: 'json', b: 'string' }, check: false })
    event(log, {
      get a(): unknown {
        throw new Error('no')
      },
      b: 'after',
    })
    const text = jsonFormatter().format(records[0] as LogRecord)
    expect(text).toBe(jsonFormatter().format({ ...(records[0] as LogRecord), event: undefined }))
    expect(text).toContain('"b":"after"')
  })
})

describe('events that are ready made', () => {
  const { pageViewed, elementClicked, screenSwiped, signedUp, purchaseMade } = events

  test('say what people do, and what the business keeps of them', () => {
    const { log, records } = setUp()
    const who = { user_id: 'u-1', session_id: 's-1' }
    pageViewed(log, { page: '/cart', referrer: '/', ...who })
    elementClicked(log, { target: '#pay', page: '/cart', x: 10, y: 20 })
    screenSwiped(log, { direction: 'left' })
    signedUp(log, { user_id: 'u-1', method: 'mail', signed_up_at: new Date(0) })
    purchaseMade(log, { order_id: 'o-1', total: 9.5, currency: 'EUR', items: [{ sku: 'a' }] })
    const said = records.map((record) => [
      record.message,
      allFields(record)?.event_category,
      allFields(record)?.event_name,
    ])
    expect(said).toEqual([
      ['viewed /cart', 'behaviour', 'page_viewed'],
      ['clicked #pay', 'behaviour', 'element_clicked'],
      ['swiped left', 'behaviour', 'screen_swiped'],
      ['u-1 signed up', 'service', 'signed_up'],
      ['o-1: 9.5 EUR', 'service', 'purchase_made'],
    ])
    expect(JSON.parse(jsonFormatter().format(records[0] as LogRecord))).toMatchObject({
      level: 'INFO',
      message: 'viewed /cart',
      event_name: 'page_viewed',
      event_category: 'behaviour',
      page: '/cart',
      user_id: 'u-1',
    })
  })

  test('have their category in the schema, and with faults, too', () => {
    expect(eventSchema(screenSwiped)).toMatchObject({ name: 'screen_swiped', category: 'behaviour', level: 20 })
    expect(eventSchema(orderPlaced)).not.toHaveProperty('category')
    const { log, records } = setUp()
    const odd = defineEvent({
      name: 'odd',
      category: 'service',
      fields: { n: 'number' },
      check: true,
      complain: () => {},
    })
    odd(log, { n: 'x' as never })
    expect(allFields(records[0] as LogRecord)).toMatchObject({
      event_category: 'service',
      event_invalid: expect.stringMatching(/^n is string/),
    })
    expect(() => defineEvent({ name: 'x', category: '' })).toThrow('event x: the category is ""')
    expect(() => defineEvent({ name: 'x', fields: { event_category: 'string' } })).toThrow('choose another')
  })
})
