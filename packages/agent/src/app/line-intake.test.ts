import { compileStages, type StageServices } from '@girok/query/process'
import { describe, expect, test } from 'vitest'
import { readPushRequest } from '../encode/push-request.ts'
import type { Source } from '../model/source.ts'
import type { Spool, SpoolRecord } from '../model/spool.ts'
import { Assembler } from './assembler.ts'
import { createClock } from './clock.ts'
import { LineIntake } from './line-intake.ts'
import { Room } from './room.ts'

const services: StageServices = { now: Date.now, count: () => {} }

function collecting(processors: unknown, { maxBytes = 1 << 20 } = {}) {
  const records: SpoolRecord[] = []
  const spool = {
    kept: [],
    append: async (record: SpoolRecord) => void records.push(record),
    usage: () => ({ waitingBytes: 0 }),
  } as unknown as Spool
  const assembler = new Assembler({ spool, maxBytes, maxWaitMs: 60_000 })
  const room = new Room({ spool, assembler, readAheadBytes: 1 << 20, maxMemoryBytes: 1 << 40 })
  const intake = new LineIntake({
    assembler,
    room,
    stages: compileStages(processors, ''),
    services,
    labels: new Map([['host', 'h']]),
    clock: createClock(() => 1_000),
  })
  const kept = async () => {
    assembler.cut()
    await assembler.settled()
    return records.map(({ payload, tenant, positions }) => ({
      tenant,
      lines: payload.length === 0 ? [] : linesOf(payload),
      positions: Object.fromEntries(positions.map(({ key, place }) => [key, place])),
    }))
  }
  return { intake, assembler, kept, records }
}

function linesOf(payload: Uint8Array): string[] {
  const found: string[] = []
  for (const { labels, entries } of readPushRequest(payload)) {
    for (const { line } of entries) found.push(`${labels} ${line}`)
  }
  return found
}

const source = (key: string, labels: readonly (readonly [string, string])[] = []): Source => ({
  key,
  input: 'file[0]',
  labels: new Map(labels),
  identity: { path: key },
})

/** Lines of ten bytes each, from a place on. */
const lines = (from: number, ...texts: string[]) => texts.map((text, i) => ({ text, place: from + 10 * i }))

test('lines go out with the labels of agent, source and line, and the place behind them', async () => {
  const { intake, kept } = collecting([])
  const one = source('one', [['filename', 'a.log']])
  intake.write(one, [...lines(0, 'a', 'b'), { text: 'c', place: 20, labels: new Map([['stream', 'stderr']]) }], 30)
  expect(await kept()).toEqual([
    {
      tenant: undefined,
      lines: [
        '{filename="a.log", host="h"} a',
        '{filename="a.log", host="h"} b',
        '{filename="a.log", host="h", stream="stderr"} c',
      ],
      positions: { one: 30 },
    },
  ])
})

test('a record that is cut in the middle of a read takes along where the next line begins', async () => {
  const { intake, records } = collecting([], { maxBytes: 1_024 })
  const long = 'x'.repeat(600)
  intake.write(source('one'), lines(0, long, long, long, long, 'rest'), 50)
  await new Promise((later) => setImmediate(later))
  expect(records.map(({ count, positions }) => [count, positions[0]?.place])).toEqual([
    [2, 20],
    [2, 40],
  ])
})

test('lines that are all dropped still move the place on', async () => {
  const { intake, kept } = collecting([{ drop: { expression: '.*' } }])
  intake.write(source('one'), lines(0, 'a', 'b'), 20)
  expect(await kept()).toEqual([{ tenant: undefined, lines: [], positions: { one: 20 } }])
})

describe('a block of lines that is not complete', () => {
  const multiline = [{ multiline: { firstline: '^#', max_wait_time: '1h' } }]

  test('is read again after a crash, from its first line', async () => {
    const { intake, kept } = collecting(multiline)
    intake.write(source('one'), lines(0, '# one', 'more', '# two', 'more'), 40)
    expect(await kept()).toEqual([{ tenant: undefined, lines: ['{host="h"} # one\nmore'], positions: { one: 20 } }])
  })

  test('is left to the next start when the agent stops, but given out when its source has ended', async () => {
    const { intake, kept } = collecting(multiline)
    intake.write(source('one'), lines(0, '# one', 'more'), 20)
    intake.write(source('two'), lines(0, '# two', 'more'), 20)
    intake.end(source('two'))
    intake.close()
    expect(await kept()).toEqual([
      { tenant: undefined, lines: ['{host="h"} # two\nmore'], positions: { one: 0, two: null } },
    ])
  })

  test('of a source that cannot be read again is given out when the agent stops', async () => {
    const { intake, kept } = collecting(multiline)
    intake.write({ key: 'stdin', input: 'stdin', labels: new Map() }, [{ text: '# one' }, { text: 'more' }], undefined)
    intake.close()
    expect(await kept()).toEqual([{ tenant: undefined, lines: ['{host="h"} # one\nmore'], positions: {} }])
  })
})

test('lines of one source for two tenants are kept in turn, each with its own place', async () => {
  const { intake, kept } = collecting([{ regex: { expression: '^(?P<who>\\w+) ' } }, { tenant: { source: 'who' } }])
  intake.write(source('one'), lines(0, 'a 1', 'a 2', 'b 3', 'a 4'), 40)
  intake.write(source('two'), lines(0, 'b 5'), 10)
  expect((await kept()).map(({ tenant, lines, positions }) => [tenant, lines.length, positions])).toEqual([
    ['a', 2, { one: 20 }],
    ['b', 1, { one: 30 }],
    ['a', 1, { one: 40 }],
    ['b', 1, { two: 10 }],
  ])
})

test('lines without a time get times that rise', async () => {
  const { intake, records, assembler } = collecting([])
  intake.write(source('one'), lines(0, 'a', 'b', 'c'), 30)
  assembler.cut()
  await assembler.settled()
  const times = [...readPushRequest(records[0]!.payload)].flatMap(({ entries }) =>
    [...entries].map(({ timeNs }) => timeNs),
  )
  expect(times).toEqual([1_000_000_000n, 1_000_000_001n, 1_000_000_002n])
})
