import { describe, expect, test } from 'vitest'
import { withContext } from './context.ts'
import type { Handler } from './handler.ts'
import { allFields, changed, createHierarchy, type LogRecord, type Processor } from './index.ts'
import { nameFilter } from './processors/index.ts'

function setUp() {
  const records: LogRecord[] = []
  const complaints: string[] = []
  const handler: Handler = { name: 'list', level: 0, handle: (record) => void records.push(record) }
  const hierarchy = createHierarchy({ complain: (text) => void complaints.push(text) })
  hierarchy.root.setLevel('DEBUG').addHandler(handler)
  return { hierarchy, log: hierarchy.getLogger('app'), records, complaints, handler }
}
const messages = (records: readonly LogRecord[]) => records.map(({ message }) => message)
const fail = () => {
  throw new Error('broken')
}

describe('filters', () => {
  test('on a logger see what is logged there, not what is logged below, as in Python', () => {
    const { hierarchy, log, records } = setUp()
    log.addFilter(() => false)
    log.info('here')
    hierarchy.getLogger('app.below').info('below')
    expect(messages(records)).toEqual(['below'])
    expect(hierarchy.dropped).toEqual({ filtered: 1 })
  })

  test('on a handler see all that reaches it; nameFilter takes a logger and those below', () => {
    const { hierarchy, records, handler } = setUp()
    handler.filters = [nameFilter('app.a')]
    for (const name of ['app', 'app.a', 'app.a.b', 'app.ab']) hierarchy.getLogger(name).info(name)
    expect(messages(records)).toEqual(['app.a', 'app.a.b'])
    expect(hierarchy.dropped).toEqual({ filtered: 2 })
  })

  test('one that throws is reported and lets the record go on', () => {
    const { log, records, complaints } = setUp()
    log.addFilter(fail).addFilter(fail)
    log.info('x')
    expect(messages(records)).toEqual(['x'])
    expect(complaints).toEqual(['filter fail failed: broken'])
    log.removeFilter(fail).info('y')
    expect(complaints).toHaveLength(1)
  })
})

describe('processors', () => {
  const adding =
    (text: string): Processor =>
    (record) =>
      changed(record, { message: record.message + text })

  test('run from the root down, before the handlers', () => {
    const { hierarchy, log, records } = setUp()
    log.setProcessors([adding('2'), adding('3')])
    hierarchy.root.setProcessors([adding('1')])
    hierarchy.getLogger('app.x').info('m')
    hierarchy.root.info('m')
    expect(messages(records)).toEqual(['m123', 'm1'])
  })

  test('drop, and are counted by reason or by name', () => {
    const { hierarchy, log } = setUp()
    const drop: Processor = (record) => (record.message === 'a' ? undefined : record)
    const sampled: Processor = Object.assign((): undefined => undefined, { reason: 'sampled' })
    log.setProcessors([drop, sampled])
    for (const message of ['a', 'b', 'c']) log.info(message)
    expect(hierarchy.dropped).toEqual({ drop: 1, sampled: 2 })
  })

  test('that give what is no record are reported, and throw nothing at the caller', () => {
    const { hierarchy, log, records, complaints } = setUp()
    const of = (given: unknown): Processor => Object.assign(() => given as LogRecord, { reason: 'odd' })
    for (const given of [null, undefined, [null], Promise.resolve(), 'text', true]) {
      log.setProcessors([of(given)])
      log.info('m')
    }
    expect(hierarchy.dropped).toEqual({ odd: 2 })
    expect(records.filter((record) => record?.message !== undefined)).toEqual([])
    expect(complaints[0]).toMatch(/^handler .* failed: /)
  })

  test('may count what they dropped by themselves', async () => {
    const { hierarchy, log } = setUp()
    let lost = 0
    const flushed: boolean[] = []
    const holding: Processor = Object.assign(() => [], {
      reason: 'held',
      flush(closing: boolean) {
        flushed.push(closing)
        return []
      },
      lost: () => lost,
    })
    log.setProcessors([holding])
    log.info('m')
    expect(hierarchy.dropped).toEqual({})
    lost = 3
    log.info('m')
    await hierarchy.flush()
    await hierarchy.close()
    expect(hierarchy.dropped).toEqual({ held: 9 })
    expect(flushed).toEqual([false, true])
  })

  test('give out several records, each of which passes the steps that follow', () => {
    const { log, records } = setUp()
    log.setProcessors([(record) => [record, changed(record, { message: 'more' })], adding('!')])
    log.info('one')
    expect(messages(records)).toEqual(['one!', 'more!'])
  })

  test('that throw are reported; the record goes on unchanged', () => {
    const { log, records, complaints } = setUp()
    log.setProcessors([fail, adding('!')])
    log.info('m')
    expect(messages(records)).toEqual(['m!'])
    expect(complaints).toEqual(['processor fail failed: broken'])
  })

  test('give out on flush what they held back, to the steps that follow them', async () => {
    const { hierarchy, log, records } = setUp()
    const held: LogRecord[] = []
    const holding: Processor = Object.assign(
      (record: LogRecord) => {
        held.push(record)
        return []
      },
      { flush: () => held.splice(0) },
    )
    log.setProcessors([holding, adding('!')])
    log.info('a')
    expect(records).toEqual([])
    await hierarchy.flush()
    await hierarchy.flush()
    expect(messages(records)).toEqual(['a!'])
  })
})

test('defaults, context, bound fields and those of the call: each wins over the ones before', () => {
  const { hierarchy, log, records } = setUp()
  hierarchy.root.setDefaults({ a: 'root', b: 'root', c: 'root', d: 'root', e: 'root' })
  log.setDefaults({ b: 'logger', c: 'logger', d: 'logger', e: 'logger' })
  withContext({ c: 'context', d: 'context', e: 'context' }, () => {
    log.with({ d: 'bound', e: 'bound' }).info('m', { e: 'call' })
  })
  expect(allFields(records[0] as LogRecord)).toEqual({
    a: 'root',
    b: 'logger',
    c: 'context',
    d: 'bound',
    e: 'call',
  })
})

test('a chain of a hundred thousand bound loggers', () => {
  const { log, records } = setUp()
  let bound = log
  for (let index = 0; index < 100_000; index++) bound = bound.with({ index, [`k${index % 20}`]: index })
  bound.info('m')
  const fields = allFields(records[0] as LogRecord)
  expect(fields).toMatchObject({ index: 99_999, k0: 99_980, k19: 99_999 })
  expect(Object.keys(fields ?? {})).toHaveLength(21)
})

test('what is caught can be logged as it is, whatever it was; texts and numbers cannot pass for fields', () => {
  const { log, records } = setUp()
  const caught: unknown = new Error('e')
  const untyped = JSON.parse('{ "a": 1 }')
  log.error('m', caught)
  log.error(caught)
  log.error(caught, 'm')
  log.log('ERROR', 'm', caught)
  log.error('m', untyped)
  const text: unknown = 'just text'
  log.error('m', text)
  // @ts-expect-error no fields
  log.info('m', 'text')
  // @ts-expect-error no fields
  log.info('m', 5)
  // @ts-expect-error no message
  log.info(5)
  // @ts-expect-error placeholders are not filled
  log.info('%s %s', 'a', 'b')
  expect(records.map(({ message, fields }) => [message, fields])).toEqual([
    ['m', { error: caught }],
    ['e', { error: caught }],
    ['m', { error: caught }],
    ['m', { error: caught }],
    ['m', { a: 1 }],
    ['m', { extra: 'just text' }],
    ['m', { extra: 'text' }],
    ['m', { extra: 5 }],
    ['5', undefined],
    ['%s %s', { extra: 'a', more: ['b'] }],
  ])
})

test('a handler that is none is reported and costs no record of the others', () => {
  const { log, records, complaints } = setUp()
  log.addHandler(undefined as never)
  log.addHandler('console' as never)
  log.info('m')
  expect(messages(records)).toEqual(['m'])
  expect(complaints).toHaveLength(2)
})

test('nothing that is given to a logger throws', () => {
  const { log, records } = setUp()
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const bad = Object.defineProperty({ good: 1 }, 'bad', { enumerable: true, get: fail })
  const given: unknown[][] = [
    ['m', revoked.proxy],
    [revoked.proxy],
    ['m', bad],
    [bad],
    [bad, bad],
    [null, undefined],
    [],
    [Symbol('s'), 1n],
    [fail],
    ['m', fail],
    [() => [1, 2, 3]],
    ['m %s', 'x', 5, { a: 1 }],
    ['m', new Error('e'), { a: 1 }],
  ]
  for (const args of given) (log.info as (...any: unknown[]) => void).apply(log, args)
  for (const fields of [revoked.proxy, bad]) log.with(fields).info('bound')
  expect(records).toHaveLength(given.length + 2)
  expect(records[0]?.message).toBe('m')
  expect(records[given.length - 2]?.fields).toEqual({ extra: 'x', more: [5, { a: 1 }] })
  expect(records[given.length - 1]?.fields).toMatchObject({ error: { message: 'e' }, more: [{ a: 1 }] })
  expect(records[3]?.fields).toMatchObject({ good: 1, bad: '[threw while it was read]' })
  expect(allFields(records.at(-1) as LogRecord)).toMatchObject({ good: 1, bad: '[threw while it was read]' })
})

describe('hierarchy', () => {
  test('configured names those that something was set on, the root first', () => {
    const { hierarchy, log } = setUp()
    hierarchy.getLogger('plain.child')
    hierarchy.getLogger('deep.down').setLevel('ERROR')
    log.addFilter(() => true)
    expect(hierarchy.configured().map(({ name }) => name)).toEqual(['root', 'app', 'deep.down'])
  })

  test('flush and close wait for every handler once', async () => {
    const { hierarchy, log } = setUp()
    const calls: string[] = []
    const slow = (what: string) => async () => {
      await new Promise((done) => setTimeout(done, 5))
      calls.push(what)
    }
    const handler: Handler = { name: 'slow', level: 0, handle() {}, flush: slow('flush'), close: slow('close') }
    log.addHandler(handler)
    hierarchy.root.addHandler(handler)
    await hierarchy.flush()
    await hierarchy.close()
    expect(calls).toEqual(['flush', 'close'])
  })

  test('a failing handler of the logger for complaints does not go round', () => {
    const lines: string[] = []
    let calls = 0
    const hierarchy = createHierarchy({
      complain(text) {
        lines.push(text)
        if (lines.length < 50) hierarchy.getLogger('meta').warning(text)
      },
    })
    hierarchy.getLogger('meta').setPropagate(false)
    hierarchy.root.addHandler({
      name: 'broken',
      level: 0,
      handle() {
        calls++
        fail()
      },
    })
    hierarchy.getLogger('app').warning('x')
    expect([calls, lines]).toEqual([1, ['handler broken failed: broken']])
  })

  test('a thousand hierarchies and ten thousand loggers take no time to speak of', () => {
    const before = process.cpuUsage()
    for (let index = 0; index < 1_000; index++) createHierarchy()
    const { getLogger } = createHierarchy()
    for (let index = 0; index < 10_000; index++) getLogger(`a.b${index % 100}.c${index}`)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000).toBeLessThan(10_000)
  })
})

test('source: asked for only from the levels at which a handler needs it, also after its level changed', () => {
  const { log, records } = setUp()
  const source = { path: '/x.ts', file: 'x.ts', module: 'x', function: 'f', line: 1 }
  const needing: Handler = { name: 'needing', level: 40, handle() {}, needsSource: () => source }
  log.addHandler(needing)
  log.info('a')
  log.error('b')
  needing.level = 0
  log.info('c')
  expect(records.map((record) => record.source)).toEqual([undefined, source, source])
})
