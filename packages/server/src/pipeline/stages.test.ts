import { StageProblem } from '@girok/query/process'
import { describe, expect, it } from 'vitest'
import type { RecordBatch } from '../model/batch.ts'
import { openChain } from './chain.ts'
import { compileReceiverStages, stageSteps } from './stages.ts'
import { batchOf, streamOf } from './testing/batches.ts'

const NOW = 1_705_276_800_000

function run(config: readonly unknown[], batch: RecordBatch, enrich: Readonly<Record<string, boolean>> = {}) {
  const dropped: Record<string, number> = {}
  const counters = {
    dropped: {
      add: ({ reason = '' }: Readonly<Record<string, string>>, n = 1) => {
        dropped[reason] = (dropped[reason] ?? 0) + n
      },
      value: () => 0,
    },
  }
  const process = openChain(
    enrich,
    counters,
    stageSteps(config, counters, () => NOW),
  )
  const after = process(batch)
  const records = Array.from({ length: after.count }, (_, i) => ({
    line: after.bytes.toString('utf8', after.lineStart[i], after.lineEnd[i]),
    labels: Object.fromEntries(after.streams[after.stream[i]!]!.labels),
    timeMs: after.seconds[i]! * 1000 + after.nanos[i]! / 1e6,
    metadata: after.metadata?.[i],
    level: after.level[i],
  }))
  return { after, records, dropped }
}

describe('stages of receivers', () => {
  it('are no step when there are none', () => {
    const batch = batchOf(['a'])
    expect(run([], batch).after).toBe(batch)
  })

  it('mask, drop and label; what they drop is counted under their reasons, once', () => {
    const lines = [
      '{"level":"warn","to":"a@b.co"}',
      '{"level":"debug"}',
      'plain 로그',
      '{"level":"warn"}',
      '{"level":"trace"}',
    ]
    const config = [
      { json: { expressions: { level: null } } },
      { labels: ['level'] },
      { mask: { detect: 'email' } },
      { drop: { source: 'level', value: 'debug', dropCounterReason: 'noise' } },
      { drop: { source: 'level', value: 'trace' } },
    ]
    const { records, dropped, after } = run(config, batchOf(lines))
    expect(records.map(({ line, labels, timeMs }) => [line, labels, timeMs])).toEqual([
      ['{"level":"warn","to":"<email>"}', { app: 'x', level: 'warn' }, 1000],
      ['plain 로그', { app: 'x' }, 1002],
      ['{"level":"warn"}', { app: 'x', level: 'warn' }, 1003],
    ])
    expect(after.streams.length).toBe(2)
    expect(dropped).toEqual({ noise: 1, drop_stage: 1 })
    expect(after.bytes.includes('a@b.co')).toBe(false)
  })

  it('leave the batch that they are given as it was', () => {
    const batch = batchOf(['secret a@b.co', 'x'])
    const before = Buffer.from(batch.bytes)
    run([{ mask: { detect: 'email' } }, { drop: { expression: 'x' } }], batch)
    expect([batch.bytes.equals(before), batch.count, batch.lineEnd[0]]).toEqual([true, 2, 13])
  })

  it('change times, metadata and labels; levels are found in what they leave', () => {
    const batch = batchOf(['t=1705276700.5 id=7 level=error', 't=99999999999 id=8', 'plain'], {
      metadata: [['k', 'v']],
    })
    const config = [
      { logfmt: {} },
      { timestamp: { source: 't', format: 'Unix', actionOnFailure: 'skip' } },
      { metadata: ['id'] },
      { replace: { expression: 'level=error', replace: 'level=info' } },
      { labelDrop: ['app'] },
    ]
    expect(run(config, batch, { 'service-name': true, 'detected-level': true }).records).toEqual([
      {
        line: 't=1705276700.5 id=7 level=info',
        labels: { service_name: 'unknown_service' },
        timeMs: 1_705_276_700_500,
        metadata: ['k', 'v', 'id', '7'],
        level: 3,
      },
      {
        line: 't=99999999999 id=8',
        labels: { service_name: 'unknown_service' },
        timeMs: 1001,
        metadata: ['id', '8'],
        level: expect.any(Number),
      },
      {
        line: 'plain',
        labels: { service_name: 'unknown_service' },
        timeMs: 1002,
        metadata: undefined,
        level: expect.any(Number),
      },
    ])
  })

  it('limit rates for each tenant by itself', () => {
    const config = [{ rateLimit: { rate: 1, burst: 2, drop: true } }]
    const steps = stageSteps(config, { dropped: { add: () => {}, value: () => 0 } }, () => NOW)
    const counts = ['a', 'a', 'b'].map((tenant) => steps[0]!.process({ ...batchOf(['1', '2', '3']), tenant }).count)
    expect(counts).toEqual([2, 0, 2])
  })

  it('look at streams of a batch one by one', () => {
    const streams = [streamOf({ app: 'web' }), streamOf({ app: 'db' })]
    const config = [{ match: { selector: '{app="web"}', action: 'drop' } }]
    const { records } = run(config, batchOf(['a', 'b'], { streams }))
    expect(records.map(({ labels }) => labels)).toEqual([{ app: 'db' }])
  })

  it.each([
    [
      [{ multiline: { firstline: 'x' } }],
      'multiline: is no stage for records of receivers: lines of one file may come in several requests',
    ],
    [[{ match: { selector: '{}', stages: ['cri'] } }], 'cri: is no stage for records of receivers'],
    [[{ tenant: { value: 'a' } }], 'tenant: is no stage for records of receivers'],
    [[{ limit: { rate: 1, burst: 1 } }], 'needs drop: true here'],
    [[{ regex: {} }], '[0].regex.expression: is missing'],
  ])('%j is refused', (config, message) => {
    expect(() => compileReceiverStages(config)).toThrow(StageProblem)
    expect(() => compileReceiverStages(config)).toThrow(message)
  })
})
