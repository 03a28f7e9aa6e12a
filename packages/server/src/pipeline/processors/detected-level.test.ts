import { describe, expect, it } from 'vitest'
import { LEVELS } from '../../model/level.ts'
import { batchOf, streamOf } from '../testing/batches.ts'
import { detectedLevel } from './detected-level.ts'

const process = detectedLevel.open({})
const levels = (batch: ReturnType<typeof process>) =>
  [...batch.level.subarray(0, batch.count)].map((level) => LEVELS[level])

describe('detected level', () => {
  it('looks at labels, then metadata, then the line', () => {
    const streams = [
      streamOf({ app: 'x', level: 'warn' }),
      streamOf({ app: 'x', severity: '30' }),
      streamOf({ app: 'x', level: 'banana' }),
      streamOf({ app: 'x' }),
      streamOf({ app: 'x' }),
      streamOf({ app: 'x' }),
    ]
    const metadata = [
      ['level', 'error'],
      undefined,
      ['severity_number', '17'],
      ['x', 'y', 'SEVERITY', 'debug'],
      undefined,
      undefined,
    ]
    const lines = ['fatal', 'fatal', 'fatal', 'fatal', '{"level":"fatal"}', 'nothing here']
    const batch = process(batchOf(lines, { streams, metadata }))
    expect(levels(batch)).toEqual(['warn', 'info', 'error', 'debug', 'fatal', 'unknown'])
    expect(batch.metadata?.[0]).toEqual(['level', 'error'])
  })

  it('moves detected_level of the metadata into the column, where it wins', () => {
    const metadata = [
      ['detected_level', 'ERROR', 'trace_id', 'abc'],
      ['detected_level', 'unknown'],
      ['detected_level', 'banana'],
    ]
    const before = batchOf(['info', 'info', 'info'], { streams: Array(3).fill(streamOf({ level: 'debug' })), metadata })
    const after = process(before)
    expect(levels(after)).toEqual(['error', 'unknown', ''])
    expect(after.metadata).toEqual([['trace_id', 'abc'], undefined, ['detected_level', 'banana']])
    expect(before.metadata).toEqual(metadata)
  })

  it('keeps the level that a receiver found', () => {
    const before = batchOf(['error', 'error'])
    const given = { ...before, level: Uint8Array.of(LEVELS.indexOf('trace'), 0) }
    expect(levels(process(given))).toEqual(['trace', 'error'])
    expect([...given.level]).toEqual([1, 0])
  })
})
