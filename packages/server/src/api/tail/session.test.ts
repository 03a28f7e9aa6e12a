import { type LogExpr, parseLogQL } from '@girok/query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RecordBatch } from '../../model/batch.ts'
import { createFeed } from '../../model/feed.ts'
import { labelSet, makeStream } from '../../model/labels.ts'
import type { TailFrame } from '../contract.ts'
import { girokFrames } from './girok.ts'
import { lokiFrames } from './loki.ts'
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
  const feed = createFeed((error) => {
    throw error
  })
  const socket = new FakeSocket()
  startTail({
    log: parseLogQL(query) as LogExpr,
    tenant: 't',
    feed,
    socket,
    encode: loki ? lokiFrames : girokFrames(),
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
