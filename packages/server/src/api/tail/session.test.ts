import { type LogEntry, type LogExpr, parseLogQL } from '@girok/query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RecordBatch } from '../../model/batch.ts'
import { createFeed } from '../../model/feed.ts'
import { labelSet, makeStream } from '../../model/labels.ts'
import type { TailFrame } from '../contract.ts'
import { girokFrames } from './girok.ts'
import { legacyFrames, lokiFrames } from './loki.ts'
import { startTail, type TailSocket } from './session.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

class FakeSocket implements TailSocket {
  readonly frames: string[] = []
  unread = 0
  closedWith: string | undefined
  private readonly listeners: (() => void)[] = []
  send(frame: string) {
    this.frames.push(frame)
  }
  bufferedBytes() {
    return this.unread
  }
  close(_code: number, reason: string) {
    this.closedWith = reason
    for (const listener of this.listeners) listener()
  }
  onClose(listener: () => void) {
    this.listeners.push(listener)
  }
}

function batch(tenant: string, app: string, lines: readonly string[], seconds = 1_700_000_000): RecordBatch {
  const bytes = Buffer.from(lines.join(''))
  let offset = 0
  const starts = lines.map((line) => {
    const start = offset
    offset += Buffer.byteLength(line)
    return start
  })
  return {
    tenant,
    receiver: 'test',
    count: lines.length,
    streams: [makeStream(tenant, labelSet([['app', app]]))],
    stream: new Uint32Array(lines.length),
    seconds: new Float64Array(lines.length).fill(seconds),
    nanos: Uint32Array.from(lines, (_, i) => i),
    level: new Uint8Array(lines.length).fill(5),
    bytes,
    lineStart: Uint32Array.from(starts),
    lineEnd: Uint32Array.from([...starts.slice(1), offset]),
    metadata: undefined,
  }
}

function tail(query: string, loki = false) {
  const feed = createFeed({
    error: (_, error) => {
      throw error
    },
    dropped: () => {},
  })
  const socket = new FakeSocket()
  startTail({
    log: parseLogQL(query) as LogExpr,
    tenant: 't',
    feed,
    socket,
    encode: loki ? lokiFrames([]) : girokFrames(),
    flushMs: 50,
    maxPerFrame: 10,
    maxDurationMs: 60_000,
  })
  return { feed, socket, frames: () => socket.frames.map((frame) => JSON.parse(frame) as TailFrame) }
}

test('sends matching records of its tenant only, in frames, labels announced once', () => {
  const { feed, socket, frames } = tail('{app="a"} |= "yes"')
  feed.publish(batch('t', 'a', ['yes 1', 'no', 'yes 2']))
  feed.publish(batch('t', 'b', ['yes 3']))
  feed.publish(batch('other', 'a', ['yes 4']))
  vi.advanceTimersByTime(60)
  feed.publish(batch('t', 'a', ['yes 5']))
  vi.advanceTimersByTime(60)
  expect(frames().flatMap((frame) => frame.entries.map((entry) => entry[2]))).toEqual(['yes 1', 'yes 2', 'yes 5'])
  expect(frames()[0]?.streams).toEqual([{ index: 0, labels: { app: 'a' } }])
  expect(frames()[0]?.entries[0]).toEqual(['1700000000000000000', 0, 'yes 1', { detected_level: 'error' }])
  expect(frames()[1]?.streams).toBeUndefined()
  expect(socket.frames).toHaveLength(2)
})

test('a client that does not read loses entries, and is told exactly how many', () => {
  const { feed, socket, frames } = tail('{app="a"}')
  socket.unread = 1e9
  const lines = Array.from({ length: 1_000 }, (_, i) => `line ${i}`)
  for (let i = 0; i < 25; i++) feed.publish(batch('t', 'a', lines))
  vi.advanceTimersByTime(1_000)
  expect(socket.frames).toHaveLength(0)
  socket.unread = 0
  vi.advanceTimersByTime(60)
  const shown = frames().reduce((sum, frame) => sum + frame.entries.length, 0)
  const dropped = frames().reduce((sum, frame) => sum + frame.dropped, 0)
  expect(shown + dropped).toBe(25_000)
  expect(dropped).toBe(5_000)
})

test("Loki's frames hold one stream object per entry", () => {
  const { feed, socket } = tail('{app="a"}', true)
  feed.publish(batch('t', 'a', ['<b>']))
  vi.advanceTimersByTime(60)
  expect(socket.frames).toEqual([
    '{"streams":[{"stream":{"app":"a","detected_level":"error"},"values":[["1700000000000000000","\\u003cb\\u003e"]]}]}',
  ])
})

test('ends after the maximal duration, and stops listening when closed', () => {
  const { feed, socket } = tail('{app="a"}')
  vi.advanceTimersByTime(60_001)
  expect(socket.closedWith).toBe('reached tail max duration limit')
  feed.publish(batch('t', 'a', ['late']))
  vi.advanceTimersByTime(1_000)
  expect(socket.frames).toHaveLength(0)
})

function entry(timeNs: bigint, line: string, metadata: Record<string, string> = {}): LogEntry {
  const none = new Map<string, string>()
  return { timeNs, line, stream: new Map([['app', 'a']]), metadata: new Map(Object.entries(metadata)), parsed: none }
}

function tailAfter(history: (signal: AbortSignal) => Promise<readonly LogEntry[]>) {
  const feed = createFeed({
    error: (_, error) => {
      throw error
    },
    dropped: () => {},
  })
  const socket = new FakeSocket()
  startTail({
    log: parseLogQL('{app="a"}') as LogExpr,
    tenant: 't',
    feed,
    socket,
    encode: lokiFrames([]),
    flushMs: 50,
    maxPerFrame: 10,
    maxDurationMs: 60_000,
    history,
  })
  const lines = () =>
    socket.frames.flatMap((frame) =>
      (JSON.parse(frame) as { streams: { values: [string, string][] }[] }).streams.map(({ values }) => values[0]?.[1]),
    )
  return { feed, socket, lines }
}

const BATCH_NS = 1_700_000_000n * 1_000_000_000n

test('the past comes first; what was stored while it was read comes once, and nothing is lost', async () => {
  let tell: (entries: readonly LogEntry[]) => void = () => {}
  const { feed, lines } = tailAfter(
    () =>
      new Promise((resolve) => {
        tell = resolve
      }),
  )
  feed.publish(batch('t', 'a', ['both', 'twice', 'later']))
  await vi.advanceTimersByTimeAsync(200)
  expect(lines()).toEqual([])
  const level = { detected_level: 'info' }
  const stored = feedEntries('t', ['both'])
  tell([entry(1n, 'old', level), ...stored])
  await vi.advanceTimersByTimeAsync(100)
  expect(lines()).toEqual(['old', 'both', 'twice', 'later'])
  feed.publish(batch('t', 'a', ['live']))
  await vi.advanceTimersByTimeAsync(60)
  expect(lines().at(-1)).toBe('live')
})

/** Entries as a tail makes them of a batch of `batch()`. */
function feedEntries(tenant: string, lines: readonly string[]): LogEntry[] {
  const found: LogEntry[] = []
  const socket = new FakeSocket()
  const feed = createFeed({ error: () => {}, dropped: () => {} })
  startTail({
    log: parseLogQL('{app="a"}') as LogExpr,
    tenant,
    feed,
    socket,
    encode: (entries) => {
      found.push(...entries)
      return ''
    },
    flushMs: 1,
    maxPerFrame: 10,
    maxDurationMs: 60_000,
  })
  feed.publish(batch(tenant, 'a', lines))
  vi.advanceTimersByTime(2)
  socket.close(1000, '')
  return found
}

test('a past that cannot be read closes the socket with the reason', async () => {
  const { socket } = tailAfter(() => Promise.reject(new Error('the store is away')))
  await vi.advanceTimersByTimeAsync(1)
  expect(socket.closedWith).toBe('the store is away')
})

test('a socket that closes ends the reading of the past, and hears nothing more', async () => {
  let given: AbortSignal | undefined
  const { socket, feed, lines } = tailAfter((signal) => {
    given = signal
    return new Promise(() => {})
  })
  socket.close(1000, 'gone')
  expect(given?.aborted).toBe(true)
  feed.publish(batch('t', 'a', ['x']))
  await vi.advanceTimersByTimeAsync(100)
  expect(lines()).toEqual([])
})

test('frames of Loki are in order of time, tell labels apart when asked, and echo the flags', () => {
  const entries = [entry(BATCH_NS + 5n, 'b', { m: '1' }), entry(BATCH_NS, 'a')]
  expect(JSON.parse(lokiFrames([])(entries, [], 0)).streams).toEqual([
    { stream: { app: 'a' }, values: [[String(BATCH_NS), 'a']] },
    { stream: { app: 'a', m: '1' }, values: [[String(BATCH_NS + 5n), 'b']] },
  ])
  expect(JSON.parse(lokiFrames(['categorize-labels'])(entries, [entry(1n, 'lost')], 1))).toEqual({
    streams: [
      { stream: { app: 'a' }, values: [[String(BATCH_NS), 'a', {}]] },
      { stream: { app: 'a' }, values: [[String(BATCH_NS + 5n), 'b', { structuredMetadata: { m: '1' } }]] },
    ],
    dropped_entries: [{ timestamp: '1', labels: { app: 'a' } }],
    encodingFlags: ['categorize-labels'],
  })
})

test('frames of the first API write labels as text and times as RFC 3339', () => {
  expect(JSON.parse(legacyFrames([entry(BATCH_NS + 500_000_000n, 'a', { m: '1' })], [], 0))).toEqual({
    streams: [{ labels: '{app="a", m="1"}', entries: [{ ts: '2023-11-14T22:13:20.5Z', line: 'a' }] }],
    dropped_entries: null,
  })
})
