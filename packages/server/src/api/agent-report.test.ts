import { describe, expect, test } from 'vitest'
import { agentReportOf, keptReportOf } from './agent-report.ts'
import type { AgentReport } from './contract.ts'

const good: AgentReport = {
  id: 'a1b2',
  name: 'gpu-01',
  version: '0.1.0',
  startedMs: 1,
  atMs: 9,
  intervalMs: 15_000,
  configuration: { file: '/etc/girok-agent.yaml', loadedMs: 2 },
  inputs: [
    {
      name: 'training',
      type: 'file',
      sources: [
        { name: 'logs/training/run.log', state: 'active', lastMs: 3, count: 12, lagBytes: 0, writer: 'python (pid 4)' },
        { name: 'logs/inference/*.log', state: 'waiting', count: 0 },
        { name: 'logs/x.log', state: 'failing', count: 0, error: 'EACCES' },
      ],
      more: 2,
    },
  ],
  dropped: [{ input: 'training', stage: 'drop', reason: 'debug', count: 7 }],
  spool: { bytes: 1, maxBytes: 2, waitingBytes: 1, evicted: { full: 0, age: 0 }, corrupt: { records: 0, count: 0 } },
  destinations: [
    { name: 'girok', url: 'http://h:4100', sent: 12, rejected: 0, backlogBytes: 0, backlogRecords: 0, lastOkMs: 5 },
  ],
  memoryBytes: 50_000_000,
  cpuSeconds: 1.25,
}

const parsed = (value: unknown) => agentReportOf(Buffer.from(JSON.stringify(value)))
const withSource = (source: object) => ({ ...good, inputs: [{ ...good.inputs[0], sources: [source] }] })

test('a report is what was sent, without what is not known', () => {
  expect(parsed(good)).toEqual(good)
  expect(parsed({ ...good, tomorrow: true })).toEqual(good)
  expect(keptReportOf(JSON.parse(JSON.stringify(good)))).toEqual(good)
  expect(keptReportOf({ ...good, id: 7 })).toBeUndefined()
})

describe('a fault is told with its place', () => {
  test.each<[unknown, string]>([
    [null, 'the report: expected object, received null'],
    [[], 'the report: expected object, received array'],
    [{ ...good, id: 'a/b' }, 'id: must be 1 to 128 letters, digits and ._:-'],
    [{ ...good, id: '' }, 'id: must be'],
    [{ ...good, intervalMs: 10 }, 'intervalMs: must be at least 1000'],
    [{ ...good, intervalMs: 1e9 }, 'intervalMs: must be at most 86400000, a day'],
    [{ ...good, startedMs: 1e17 }, 'startedMs: Too big'],
    [{ ...good, spool: undefined }, 'spool: expected object, received undefined'],
    [withSource({ name: 'a', state: 'lost', count: 1 }), 'inputs[0].sources[0].state: expected one of "active"'],
    [withSource({ name: 'a', state: 'idle', count: -1 }), 'inputs[0].sources[0].count: Too small'],
    [withSource({ name: 'a', state: 'idle', count: '1' }), 'inputs[0].sources[0].count: expected number'],
  ])('%#', (value, message) => {
    expect(() => parsed(value)).toThrow(expect.objectContaining({ code: 'bad_request' }))
    expect(() => parsed(value)).toThrow(message)
  })

  test('what is no JSON', () => {
    expect(() => agentReportOf(Buffer.from('{'))).toThrow('the body is not JSON')
    expect(() => agentReportOf(Buffer.alloc(0))).toThrow('the body is not JSON')
  })

  test('too many sources, too many bytes', () => {
    const one = { name: 'a', state: 'idle', count: 1 }
    const of = (count: number) => ({
      name: 'i',
      type: 'file',
      sources: Array.from({ length: count }, () => one),
      more: 0,
    })
    expect(parsed({ ...good, inputs: [of(1_500), of(500)] }).inputs[1]?.sources).toHaveLength(500)
    expect(() => parsed({ ...good, inputs: [of(1_500), of(501)] })).toThrow('inputs: must have at most 2000 sources')
    const large = Buffer.from(JSON.stringify({ ...good, tomorrow: 'x'.repeat(1024 * 1024) }))
    expect(() => agentReportOf(large)).toThrow(expect.objectContaining({ code: 'body_too_large' }))
  })
})

test('texts are cut, once, and numbers are whole', () => {
  const long = withSource({
    name: 'n'.repeat(9_999),
    state: 'failing',
    count: 1.4,
    lastMs: 2.6,
    error: 'e'.repeat(9_999),
  })
  const [source] = parsed(long).inputs[0]?.sources ?? []
  expect(source).toMatchObject({ count: 1, lastMs: 3 })
  expect([source?.name.length, source?.error?.length]).toEqual([4_097, 1_001])
  expect(keptReportOf(parsed(long))).toEqual(parsed(long))
})

test.each([
  ['https://kim:secret@logs.example.com/girok', 'https://logs.example.com/girok'],
  ['http://a@b:4100?x=1@2', 'http://b:4100?x=1@2'],
  ['http://h/p@q', 'http://h/p@q'],
  ['h:1', 'h:1'],
])('credentials are taken out of %s', (url, shown) => {
  expect(parsed({ ...good, destinations: [{ ...good.destinations[0], url }] }).destinations[0]?.url).toBe(shown)
})
