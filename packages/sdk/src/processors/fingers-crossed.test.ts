import { describe, expect, it } from 'vitest'
import { createHierarchy } from '../hierarchy.ts'
import { allFields, type LogRecord } from '../record.ts'
import { recordOf } from '../testing/record.ts'
import { type FingersCrossedOptions, fingersCrossed } from './fingers-crossed.ts'

function run(options: FingersCrossedOptions) {
  const seen: LogRecord[] = []
  const hierarchy = createHierarchy()
  hierarchy.root.setLevel('DEBUG').setProcessors([fingersCrossed(options)])
  hierarchy.root.addHandler({ name: 'seen', level: 0, handle: (record) => void seen.push(record) })
  return {
    hierarchy,
    log: hierarchy.root,
    seen: () => seen.splice(0).map((record) => record.message + (allFields(record)?.evicted ?? '')),
  }
}

describe('fingersCrossed', () => {
  it('gives out what came before an error, in order, and lets pass what follows', () => {
    const { log, seen } = run({})
    log.debug('a')
    log.info('b')
    log.warning('c')
    expect(seen()).toEqual([])
    log.error('d')
    expect(seen()).toEqual(['a', 'b', 'c', 'd'])
    log.debug('e')
    expect(seen()).toEqual(['e'])
  })

  it('holds back again when told', () => {
    const { log, seen } = run({ afterTrigger: 'hold', trigger: 'WARNING' })
    log.info('a')
    log.warning('b')
    log.info('c')
    expect(seen()).toEqual(['a', 'b'])
    log.critical('d')
    expect(seen()).toEqual(['c', 'd'])
  })

  it('keeps the last ones, says what is gone and counts it', () => {
    const { hierarchy, log, seen } = run({ capacity: 2 })
    for (const message of ['a', 'b', 'c', 'd', 'e']) log.info(message)
    log.error('f')
    expect(seen()).toEqual(['d3', 'e', 'f'])
    expect(hierarchy.dropped).toEqual({ held_back: 3 })
  })

  it('keeps requests apart, and forgets the one not seen the longest', () => {
    const { hierarchy, log, seen } = run({ by: 'request_id', maxKeys: 2 })
    const [one, two, three] = ['1', '2', '3'].map((id) => log.with({ request_id: id }))
    one?.info('1a')
    two?.info('2a')
    one?.info('1b')
    log.info('no request')
    three?.info('3a')
    two?.error('2 failed')
    one?.error('1 failed')
    expect(seen()).toEqual(['no request', '2 failed', '1 failed'])
    // 2a for 3, 1a and 1b for 2, 3a for 1.
    expect(hierarchy.dropped.held_back).toBe(4)
  })

  it.each([
    ['keep', [], ['a', 'b', 'x']],
    ['emit', ['a', 'b'], ['x']],
    ['discard', [], ['x']],
  ] as const)('does at flush what atFlush says: %s', async (atFlush, flushed, after) => {
    const { hierarchy, log, seen } = run({ atFlush })
    log.info('a')
    log.info('b')
    await hierarchy.flush()
    expect(seen()).toEqual(flushed)
    log.error('x')
    expect(seen()).toEqual(after)
  })

  it.each([
    ['keep', 2],
    ['discard', 2],
    ['emit', undefined],
  ] as const)('counts at close what is lost, for atFlush %s', async (atFlush, count) => {
    const { hierarchy, log } = run({ atFlush })
    log.info('a')
    log.info('b')
    await hierarchy.close()
    await hierarchy.close()
    expect(hierarchy.dropped.held_back).toBe(count)
  })

  it('gives out records of several keys by their time', () => {
    const processor = fingersCrossed({ by: 'id', atFlush: 'emit' })
    for (const [timeMs, id] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'a'],
    ] as const)
      processor(recordOf({ timeMs, fields: { id } }))
    expect(processor.flush?.(false).map(({ timeMs }) => timeMs)).toEqual([1, 2, 3])
  })

  it('refuses a capacity of 0 and choices that there are not', () => {
    expect(() => fingersCrossed({ capacity: 0 })).toThrow(RangeError)
    expect(() => fingersCrossed({ maxKeys: 0 })).toThrow(RangeError)
    expect(() => fingersCrossed({ trigger: 'LOUD' })).toThrow(/unknown level/)
    expect(() => fingersCrossed({ atFlush: 'drop' as 'keep' })).toThrow(
      'atFlush is "drop", use one of keep, discard, emit',
    )
    expect(() => fingersCrossed({ afterTrigger: 'stop' as 'pass' })).toThrow('afterTrigger is "stop"')
  })
})
