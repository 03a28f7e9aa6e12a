import { describe, expect, test } from 'vitest'
import { changed, createHierarchy, getLogger, type Handler, root, withContext } from './index.ts'
import { nameFilter } from './processors/index.ts'
import { captureLogs, createTestHierarchy, fixedClock } from './testing.ts'

function counting(): Handler & { count: number } {
  const handler = {
    name: 'counting',
    level: 0,
    count: 0,
    handle() {
      handler.count++
    },
  }
  return handler
}

describe('captureLogs', () => {
  test('keeps records as plain data with all fields merged', () => {
    const hierarchy = createHierarchy({ now: () => 5 })
    const logs = captureLogs({ hierarchy })
    const log = hierarchy.getLogger('shop.orders').setDefaults({ service: 'shop', n: 0 })
    withContext({ request_id: 'r', n: 1 }, () => log.with({ user: 'u' }).debug('placed', { n: 2 }))
    expect(logs.records).toEqual([
      {
        timeMs: 5,
        level: 'DEBUG',
        levelno: 10,
        logger: 'shop.orders',
        message: 'placed',
        fields: { service: 'shop', request_id: 'r', user: 'u', n: 2 },
      },
    ])
    expect(logs.messages).toEqual(['placed'])
    logs.clear()
    expect(logs.records).toEqual([])
    logs.stop()
  })

  test('finds records by level, logger, message and fields', () => {
    const hierarchy = createHierarchy()
    const logs = captureLogs({ hierarchy })
    const log = hierarchy.getLogger('a')
    log.info('order 1', { id: 1, user: { name: 'x', at: new Date(0) }, list: [1, { b: 2 }] })
    log.info('order 2', { id: 2 })
    log.error('failed', new TypeError('no'))
    expect(logs.at('INFO').map(({ message }) => message)).toEqual(['order 1', 'order 2'])
    expect(logs.at(40)).toHaveLength(1)
    expect(logs.find({ fields: { id: 2 } })?.message).toBe('order 2')
    expect(logs.find({ fields: { user: { name: 'x', at: new Date(0) }, list: [1, { b: 2 }] } })?.fields.id).toBe(1)
    expect(logs.find({ fields: { user: { name: 'x' } } })).toBeUndefined()
    expect(logs.find({ fields: { list: [1] } })).toBeUndefined()
    expect(
      logs.find({ level: 'ERROR', logger: 'a', message: /^fail/, fields: { error: new TypeError('no') } }),
    ).toBeDefined()
    expect(logs.filter({ message: /order/g })).toHaveLength(2)
    expect(logs.find({ message: 'order' })).toBeUndefined()
    expect(logs.find({ logger: 'b' })).toBeUndefined()
    expect(logs.find({ level: 'DEBUG' })).toBeUndefined()
    logs.stop()
  })

  test('nothing is written meanwhile, and everything is as before afterwards', () => {
    const hierarchy = createHierarchy()
    const [top, below] = [counting(), counting()]
    hierarchy.root.addHandler(top)
    const log = hierarchy.getLogger('a').setLevel('ERROR').setPropagate(false).addHandler(below)
    const logs = captureLogs({ hierarchy })
    hierarchy.root.debug('root')
    hierarchy.getLogger('b').debug('b')
    log.warning('too low for its own level')
    log.error('a')
    expect(logs.messages).toEqual(['root', 'b', 'a'])
    expect([top.count, below.count]).toEqual([0, 0])
    logs.stop()
    logs.stop()
    hierarchy.root.info('low again')
    hierarchy.root.error('c')
    log.error('d')
    expect([top.count, below.count]).toEqual([1, 1])
    expect(logs.messages).toEqual(['root', 'b', 'a'])
    expect([hierarchy.root.level, hierarchy.root.handlers, log.handlers, log.propagate]).toEqual([
      30,
      [top],
      [below],
      false,
    ])
  })

  test('of one logger leaves the others alone', () => {
    const hierarchy = createHierarchy()
    const handler = counting()
    hierarchy.root.setLevel('INFO').addHandler(handler)
    const logs = captureLogs({ hierarchy, logger: 'shop', level: 'WARNING' })
    hierarchy.getLogger('shop.orders').warning('in')
    hierarchy.getLogger('shop').info('too low')
    hierarchy.getLogger('shopping').info('out')
    expect([logs.messages, handler.count]).toEqual([['in'], 1])
    logs.stop()
    hierarchy.getLogger('shop.orders').info('propagates, and has the level of the root again')
    expect(handler.count).toBe(2)
    expect(hierarchy.getLogger('shop').ownLevel).toBeUndefined()
  })

  test('passes on if asked to', () => {
    const hierarchy = createHierarchy()
    const handler = counting()
    hierarchy.root.addHandler(handler)
    const logs = captureLogs({ hierarchy, passOn: true, logger: 'x' })
    hierarchy.getLogger('x').debug('m')
    expect([logs.messages, handler.count]).toEqual([['m'], 1])
    logs.stop()
  })

  test('processors change, drop and multiply what is captured', () => {
    const hierarchy = createHierarchy()
    const logs = captureLogs({
      hierarchy,
      processors: [
        (record) => (nameFilter('noise')(record) ? undefined : record),
        (record) => [record, changed(record, { message: `${record.message} again` })],
      ],
    })
    hierarchy.getLogger('noise').info('x')
    hierarchy.getLogger('a').info('y')
    expect(logs.messages).toEqual(['y', 'y again'])
    logs.stop()
  })

  test('source on request', () => {
    const hierarchy = createHierarchy()
    const logs = captureLogs({ hierarchy, source: true })
    hierarchy.root.info('m')
    expect(logs.records[0]?.source?.file).toBe('testing.test.ts')
    logs.stop()
  })

  test('for as long as a function runs', async () => {
    const hierarchy = createHierarchy()
    const handler = counting()
    hierarchy.root.addHandler(handler)
    const logs = await captureLogs(
      async () => {
        await Promise.resolve()
        hierarchy.root.info('in')
      },
      { hierarchy },
    )
    hierarchy.root.error('out')
    expect([logs.messages, handler.count]).toEqual([['in'], 1])
    await expect(captureLogs(() => Promise.reject(new Error('test failed')), { hierarchy })).rejects.toThrow(
      'test failed',
    )
    hierarchy.root.error('out')
    expect(handler.count).toBe(2)
  })

  test('captures may nest, and end in any order', () => {
    const hierarchy = createHierarchy()
    const outer = captureLogs({ hierarchy })
    const inner = captureLogs({ hierarchy })
    hierarchy.root.error('both')
    outer.stop()
    inner.stop()
    expect([outer.messages, inner.messages]).toEqual([[], ['both']])
    expect(hierarchy.root.handlers).toEqual([])
    expect(hierarchy.root.level).toBe(30)
  })

  test('of the process-wide loggers by default, and disposable', () => {
    const logs = captureLogs()
    getLogger('some.where').debug('m')
    logs[Symbol.dispose]()
    expect(logs.find({ logger: 'some.where' })).toBeDefined()
    expect([root.handlers, root.level]).toEqual([[], 30])
  })

  test('an unknown level is refused before anything changes', () => {
    const hierarchy = createHierarchy()
    expect(() => captureLogs({ hierarchy, level: 'LOUD' })).toThrow(RangeError)
    expect(hierarchy.root.handlers).toEqual([])
  })
})

describe('fixedClock', () => {
  test('stands still until it is moved', () => {
    const clock = fixedClock('2026-01-31T08:05:07Z')
    expect([clock.now(), clock.now()]).toEqual([Date.UTC(2026, 0, 31, 8, 5, 7), Date.UTC(2026, 0, 31, 8, 5, 7)])
    clock.advance(1500)
    expect(clock.now()).toBe(Date.UTC(2026, 0, 31, 8, 5, 8, 500))
    clock.set(new Date(7))
    clock.advance(-8)
    expect(clock.now()).toBe(-1)
    expect(fixedClock().now()).toBe(Date.UTC(2026, 0, 1))
    expect(() => fixedClock('soon')).toThrow('fixedClock: "soon" is no time')
  })
})

describe('createTestHierarchy', () => {
  test('captures everything with its clock, and collects complaints', () => {
    const clock = fixedClock(1000)
    const {
      getLogger: get,
      root: top,
      logs,
      complaints,
      ...rest
    } = createTestHierarchy({ clock, defaults: { app: 't' } })
    const handler = counting()
    top.addHandler(handler)
    get('a').debug('one')
    clock.advance(50)
    get('a').info('two')
    expect(logs.records.map(({ timeMs, message, fields }) => [timeMs, message, fields])).toEqual([
      [1000, 'one', { app: 't' }],
      [1050, 'two', { app: 't' }],
    ])
    expect([handler.count, rest.clock]).toEqual([2, clock])
    top.addFilter(() => {
      throw new Error('bad filter')
    })
    top.info('three')
    expect(complaints).toEqual([expect.stringContaining('bad filter')])
  })

  test('counts what is dropped, at a level of its own', () => {
    const hierarchy = createTestHierarchy({ level: 'INFO' })
    hierarchy.root.debug('low')
    hierarchy.root.addFilter(() => false)
    hierarchy.root.info('no')
    expect([hierarchy.logs.records, hierarchy.dropped]).toEqual([[], { filtered: 1 }])
  })
})
