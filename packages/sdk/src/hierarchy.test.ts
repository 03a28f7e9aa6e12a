import { describe, expect, test } from 'vitest'
import { allFields, createHierarchy, getLogger, type Handler, LEVELS, type LogRecord, root } from './index.ts'

function recorder(level = 0): Handler & { records: LogRecord[]; messages: () => string[] } {
  const records: LogRecord[] = []
  return {
    name: 'recorder',
    level,
    records,
    messages: () => records.map((record) => record.message),
    handle: (record) => void records.push(record),
  }
}

function setUp() {
  const handler = recorder()
  const complaints: string[] = []
  const hierarchy = createHierarchy({ now: () => 5, complain: (text) => void complaints.push(text) })
  hierarchy.root.addHandler(handler)
  return { ...hierarchy, handler, complaints }
}

describe('levels', () => {
  test('the root starts at WARNING: lower levels are not shown', () => {
    const { getLogger, handler } = setUp()
    const log = getLogger('app')
    log.debug('a')
    log.info('b')
    log.warning('c')
    log.error('d')
    log.critical('e')
    expect(handler.records.map(({ message, level }) => [message, level])).toEqual([
      ['c', 30],
      ['d', 40],
      ['e', 50],
    ])
    expect(log.isEnabledFor(LEVELS.INFO)).toBe(false)
    expect(log.isEnabledFor(LEVELS.WARNING)).toBe(true)
  })

  test('are inherited by those below that have none of their own, also later', () => {
    const { getLogger, root } = setUp()
    const leaf = getLogger('a.b.c')
    getLogger('a').setLevel('debug')
    expect(leaf.level).toBe(10)
    expect(getLogger('a.x').level).toBe(10)
    getLogger('a.b').setLevel(40)
    root.setLevel('INFO')
    expect([leaf.level, getLogger('a').level, getLogger('z').level]).toEqual([40, 10, 20])
    getLogger('a.b').setLevel(undefined)
    expect(leaf.level).toBe(10)
  })

  test('a name that is none is refused', () => {
    expect(() => setUp().root.setLevel('LOUD')).toThrow(
      'unknown level "LOUD": use a number or one of DEBUG, INFO, WARNING, ERROR, CRITICAL',
    )
  })

  test('of a handler, apart from the logger', () => {
    const { getLogger, handler } = setUp()
    const errors = recorder(LEVELS.ERROR)
    getLogger('a').setLevel('INFO').addHandler(errors)
    getLogger('a').info('i')
    getLogger('a').log(45, 'e')
    expect(errors.messages()).toEqual(['e'])
    expect(handler.messages()).toEqual(['i', 'e'])
  })
})

describe('names', () => {
  test('the same name is the same logger; no name is the root', () => {
    expect(getLogger('some.module')).toBe(getLogger('some.module'))
    expect(getLogger()).toBe(root)
    expect(getLogger('root')).toBe(root)
    expect(root.name).toBe('root')
    expect(getLogger('some').name).toBe('some')
  })

  test('that look like members of objects are names', () => {
    const { getLogger, handler } = setUp()
    for (const name of ['constructor', '__proto__.x', 'a..b', '.']) getLogger(name).warning('w')
    expect(handler.records.map((record) => record.logger)).toEqual(['constructor', '__proto__.x', 'a..b', '.'])
  })
})

describe('propagation', () => {
  test('records go to the handlers of all ancestors, once each, until propagation ends', () => {
    const { getLogger, handler } = setUp()
    const middle = recorder()
    const leaf = getLogger('a.b')
    leaf.warning('before')
    getLogger('a').addHandler(middle)
    leaf.addHandler(handler)
    leaf.warning('one')
    expect(handler.messages()).toEqual(['before', 'one'])
    getLogger('a').setPropagate(false)
    leaf.removeHandler(handler)
    leaf.warning('two')
    expect(handler.messages()).toEqual(['before', 'one'])
    expect(middle.messages()).toEqual(['one', 'two'])
  })

  test('the level of an ancestor does not hold back what a logger below lets through', () => {
    const { getLogger, root, handler } = setUp()
    root.setLevel('CRITICAL')
    getLogger('a').setLevel('DEBUG')
    getLogger('a.b').debug('d')
    expect(handler.messages()).toEqual(['d'])
  })

  test('without any handler warnings go to the last resort', () => {
    const lastResort = recorder(LEVELS.WARNING)
    const { getLogger } = createHierarchy({ lastResort })
    getLogger('x').setLevel('DEBUG').info('no')
    getLogger('x').warning('yes')
    expect(lastResort.messages()).toEqual(['yes'])
  })
})

describe('a handler that throws', () => {
  test('does not disturb the caller or other handlers, and is reported', () => {
    const { getLogger, root, handler, complaints } = setUp()
    root.removeHandler(handler)
    root.addHandler({
      name: 'broken',
      level: 0,
      handle() {
        throw new Error('no disk')
      },
    })
    root.addHandler(handler)
    getLogger('a').error('x')
    expect(handler.messages()).toEqual(['x'])
    expect(complaints).toEqual(['handler broken failed: no disk'])
  })
})

describe('fields', () => {
  test('an error alone is the field error; time comes from the clock', () => {
    const { getLogger, handler } = setUp()
    const fault = new Error('f')
    getLogger('a').error('x', fault)
    expect(handler.records[0]).toMatchObject({ fields: { error: fault }, timeMs: 5, logger: 'a' })
  })

  test('bound fields pile up, the inner ones win, the outer logger is as before', () => {
    const { getLogger, handler } = setUp()
    const outer = getLogger('a').with({ request: 1, user: 'x' })
    outer.with({ user: 'y', step: 2 }).warning('in')
    outer.warning('out')
    expect(handler.records.map((record) => allFields(record))).toEqual([
      { request: 1, user: 'y', step: 2 },
      { request: 1, user: 'x' },
    ])
    getLogger('a').setLevel('CRITICAL')
    outer.warning('held back')
    expect(handler.records).toHaveLength(2)
  })
})

test('close flushes every handler once, also those below', async () => {
  const { root, getLogger, close } = createHierarchy()
  let closed = 0
  const handler: Handler = { ...recorder(), close: async () => void closed++ }
  root.addHandler(handler)
  getLogger('a.b').addHandler(handler)
  getLogger('c.d').addHandler({ ...recorder(), close: async () => void closed++ })
  await close()
  expect(closed).toBe(2)
})
