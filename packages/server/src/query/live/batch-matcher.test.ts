import { type LogExpr, parseLogQL } from '@girok/query'
import { describe, expect, it } from 'vitest'
import type { RecordBatch } from '../../model/batch.ts'
import { labelSet, makeStream } from '../../model/labels.ts'
import { batchMatcher } from './batch-matcher.ts'

function batch(labels: Record<string, string>, lines: readonly string[]): RecordBatch {
  const ends: number[] = []
  for (const line of lines) ends.push((ends.at(-1) ?? 0) + Buffer.byteLength(line))
  return {
    tenant: 't',
    receiver: 'test',
    count: lines.length,
    streams: [makeStream('t', labelSet(Object.entries(labels)))],
    stream: new Uint32Array(lines.length),
    seconds: new Float64Array(lines.length),
    nanos: new Uint32Array(lines.length),
    level: new Uint8Array(lines.length),
    bytes: Buffer.from(lines.join('')),
    lineStart: Uint32Array.from([0, ...ends.slice(0, -1)]),
    lineEnd: Uint32Array.from(ends),
    metadata: undefined,
  }
}

const log = (query: string) => parseLogQL(query) as LogExpr

describe('names in the selector of a tail that are no label', () => {
  const lines = ['{"request_id":"r1"}', 'request_id=r1 x=y', '{"request_id":"r2"}']

  it('are looked for in the records', () => {
    const match = batchMatcher(log('{job="inference", request_id="r1"}'), 't', true)
    expect(match(batch({ job: 'inference' }, lines)).map(({ line }) => line)).toEqual(lines.slice(0, 2))
    expect(match(batch({ job: 'other' }, lines))).toEqual([])
  })

  it('become labels again when a stream with the label comes by', () => {
    const match = batchMatcher(log('{job=~".+", request_id="r1"}'), 't', true)
    expect(match(batch({ job: 'inference' }, lines))).toHaveLength(2)
    expect(match(batch({ job: 'inference', request_id: 'r1' }, ['labelled']))).toHaveLength(1)
    expect(match(batch({ job: 'inference' }, lines))).toEqual([])
  })

  it('find nothing when switched off', () => {
    const match = batchMatcher(log('{job="inference", request_id="r1"}'), 't', false)
    expect(match(batch({ job: 'inference' }, lines))).toEqual([])
  })
})
