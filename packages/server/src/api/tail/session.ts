import type { LogEntry, LogExpr } from '@girok/query'
import type { Feed } from '../../model/feed.ts'
import { batchMatcher } from './match.ts'

/** A websocket as a tail needs it. */
export interface TailSocket {
  send(frame: string): void
  /** Bytes given to `send` that the client has not taken yet. */
  bufferedBytes(): number
  close(code: number, reason: string): void
  /** Called once, when the socket is gone for whatever reason. */
  onClose(listener: () => void): void
}

/** Turns a flush into a frame, in the words of one protocol. */
export type EncodeFrame = (entries: readonly LogEntry[], dropped: readonly LogEntry[], droppedCount: number) => string

export interface TailOptions {
  readonly log: LogExpr
  readonly tenant: string
  readonly feed: Feed
  readonly socket: TailSocket
  readonly encode: EncodeFrame
  readonly flushMs: number
  /** Entries per frame. */
  readonly maxPerFrame: number
  readonly maxDurationMs: number
}

/** Entries that wait for a slow client; what comes beyond is dropped and counted. */
const MAX_WAITING = 20_000
/** While the client has this much unread, nothing more is sent. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024
/** Dropped entries that a frame names one by one (Loki's frames do); the count is always exact. */
const MAX_NAMED_DROPS = 1_000

/** Sends what is stored from now on until the socket closes. Returns at once. */
export function startTail(options: TailOptions): void {
  const { socket, feed, flushMs } = options
  const match = batchMatcher(options.log, options.tenant)
  let waiting: LogEntry[] = []
  let dropped: LogEntry[] = []
  let droppedCount = 0

  const unsubscribe = feed.subscribe((batch) => {
    for (const entry of match(batch)) {
      if (waiting.length < MAX_WAITING) waiting.push(entry)
      else {
        droppedCount++
        if (dropped.length < MAX_NAMED_DROPS) dropped.push(entry)
      }
    }
  })
  const flush = setInterval(() => {
    while ((waiting.length > 0 || droppedCount > 0) && socket.bufferedBytes() < MAX_UNREAD_BYTES) {
      const entries = waiting.slice(0, options.maxPerFrame)
      waiting = waiting.slice(options.maxPerFrame)
      socket.send(options.encode(entries, dropped, droppedCount))
      dropped = []
      droppedCount = 0
    }
  }, flushMs)
  const end = setTimeout(() => socket.close(1000, 'reached tail max duration limit'), options.maxDurationMs)
  // Neither timer may keep a stopping process alive.
  flush.unref()
  end.unref()
  socket.onClose(() => {
    unsubscribe()
    clearInterval(flush)
    clearTimeout(end)
    waiting = []
  })
}
