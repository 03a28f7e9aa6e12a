import { describe, expect, test } from 'vitest'
import { createHierarchy, type Handler, type LogRecord, textFormatter } from '../index.ts'
import { recordOf } from '../testing/record.ts'
import { memoryHandler } from './memory.ts'

const numbers = (...from: number[]) => from.map((n) => recordOf({ message: String(n) }))
const messages = (records: readonly LogRecord[]) => records.map(({ message }) => message)

function list(options: Partial<Handler> = {}) {
  const records: LogRecord[] = []
  const calls: string[] = []
  const handler: Handler = {
    name: 'list',
    level: 0,
    handle: (record) => void records.push(record),
    flushSync: () => void calls.push('flushSync'),
    flush: async () => void calls.push('flush'),
    close: async () => void calls.push('close'),
    ...options,
  }
  return { handler, records, calls }
}

describe('a ring', () => {
  test.each([1, 2, 3, 7])('of %i keeps the last ones in order and counts the others', (capacity) => {
    const memory = memoryHandler({ capacity })
    for (let count = 0; count <= 20; count++) {
      const expected = Array.from({ length: Math.min(count, capacity) }, (_, i) =>
        String(count - Math.min(count, capacity) + i),
      )
      expect(messages(memory.records)).toEqual(expected)
      expect(memory.dropped).toBe(Math.max(0, count - capacity))
      memory.handle(recordOf({ message: String(count) }))
    }
  })

  test('gives its records as text, and forgets them', () => {
    const memory = memoryHandler({ capacity: 2 })
    for (const record of numbers(1, 2, 3)) memory.handle(record)
    expect(memory.texts(textFormatter('%(levelname)s %(message)s'))).toEqual(['INFO 2', 'INFO 3'])
    memory.clear()
    expect(memory.records).toEqual([])
    for (const record of numbers(4, 5)) memory.handle(record)
    expect([messages(memory.records), memory.dropped]).toEqual([['4', '5'], 1])
  })

  test('takes part in levels and filters as any handler', () => {
    const { root } = createHierarchy()
    const memory = memoryHandler({ level: 'ERROR', filters: [(record) => record.message !== 'no'] })
    root.addHandler(memory)
    root.warning('low')
    root.error('no')
    root.error('yes')
    expect(messages(memory.records)).toEqual(['yes'])
  })

  test('options that cannot be are refused', () => {
    expect(() => memoryHandler({ capacity: 0 })).toThrow(
      'memoryHandler, capacity: 0, it must be a whole number of 1 or more',
    )
    expect(() => memoryHandler({ capacity: 1.5 })).toThrow(RangeError)
    expect(() => memoryHandler({ whenFull: 'flush' })).toThrow('use "flush" with a target, or "drop"')
    expect(() => memoryHandler({ flushLevel: 'LOUD' })).toThrow('unknown level "LOUD"')
  })
})

describe('with a target', () => {
  test('hands over when something goes wrong, with what came before', () => {
    const { handler, records } = list()
    const memory = memoryHandler({ target: handler })
    for (const record of numbers(1, 2)) memory.handle(record)
    expect(records).toEqual([])
    memory.handle(recordOf({ message: 'bad', level: 40 }))
    expect(messages(records)).toEqual(['1', '2', 'bad'])
    expect(memory.records).toEqual([])
  })

  test('hands over when full, or drops if told so', () => {
    const full = list()
    const flushing = memoryHandler({ target: full.handler, capacity: 3 })
    for (const record of numbers(1, 2, 3, 4)) flushing.handle(record)
    expect([messages(full.records), messages(flushing.records), flushing.dropped]).toEqual([['1', '2', '3'], ['4'], 0])

    const last = list()
    const dropping = memoryHandler({ target: last.handler, capacity: 3, whenFull: 'drop', flushLevel: 'CRITICAL' })
    for (const record of numbers(1, 2, 3, 4)) dropping.handle(record)
    dropping.handle(recordOf({ message: 'end', level: 50 }))
    expect([messages(last.records), dropping.dropped]).toEqual([['3', '4', 'end'], 2])
  })

  test('heeds the level and the filters of the target', () => {
    const { handler, records } = list({ level: 30, filters: [({ message }) => message !== 'x'] })
    const memory = memoryHandler({ target: handler })
    memory.handle(recordOf({ message: 'low' }))
    memory.handle(recordOf({ message: 'x', level: 40 }))
    memory.handle(recordOf({ message: 'y', level: 40 }))
    expect(messages(records)).toEqual(['y'])
  })

  test('hands over at flush, close and flushSync, which go on to the target', async () => {
    const { handler, records, calls } = list()
    const memory = memoryHandler({ target: handler })
    for (const [index, work] of [
      () => memory.flush?.(),
      () => memory.flushSync?.(),
      () => memory.close?.(),
    ].entries()) {
      memory.handle(recordOf({ message: String(index) }))
      await work()
    }
    expect(messages(records)).toEqual(['0', '1', '2'])
    expect(calls).toEqual(['flush', 'flushSync', 'close'])
  })

  test('hands over when the process ends', () => {
    const { handler, records, calls } = list()
    const memory = memoryHandler({ target: handler })
    memory.handle(recordOf({ message: 'last' }))
    const before = process.listenerCount('exit')
    const listener = process.listeners('exit').at(-1) as () => void
    listener()
    expect([messages(records), calls]).toEqual([['last'], ['flushSync']])
    void memory.close?.()
    expect(process.listenerCount('exit')).toBeLessThanOrEqual(before)
  })

  test('a target that throws is told of, gets the other records, and none twice', () => {
    const { handler, records } = list()
    const complaints: string[] = []
    const target: Handler = {
      ...handler,
      handle(record) {
        if (record.message === '2') throw new Error('broken')
        handler.handle(record)
      },
    }
    const { root } = createHierarchy()
    const memory = memoryHandler({ target, complain: (text) => void complaints.push(text) })
    root.setLevel(0).addHandler(memory)
    for (const n of [1, 2, 3]) root.info(String(n))
    root.error('bad')
    root.error('more')
    expect(messages(records)).toEqual(['1', '3', 'bad', 'more'])
    expect(complaints).toEqual(['handler list refused a record that was kept for it: broken'])
    expect(memory.dropped).toBe(1)
  })

  test('a filter of the target that throws costs its record alone', () => {
    const { handler, records } = list()
    const complaints: string[] = []
    const target: Handler = {
      ...handler,
      filters: [
        ({ fields }) => {
          if (fields === undefined) throw new Error('no fields')
          return true
        },
      ],
    }
    const memory = memoryHandler({ target, complain: (text) => void complaints.push(text) })
    for (const [message, fields] of [
      ['1', {}],
      ['2', undefined],
      ['3', {}],
    ] as const) {
      memory.handle(recordOf({ message, fields }))
    }
    memory.flushSync?.()
    expect(messages(records)).toEqual(['1', '3'])
    expect(memory.dropped).toBe(1)
    expect(complaints).toEqual(['handler list refused a record that was kept for it: no fields'])
  })
})
