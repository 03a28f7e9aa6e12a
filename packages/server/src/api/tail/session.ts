import { type LogEntry, type LogExpr, labelsKey } from '@girok/query'
import type { Feed } from '../../model/feed.ts'
import { batchMatcher } from '../../query/live/batch-matcher.ts'

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
  /** See `batchMatcher`; default true. */
  readonly fallThrough?: boolean
  readonly tenant: string
  readonly feed: Feed
  readonly socket: TailSocket
  readonly encode: EncodeFrame
  readonly flushMs: number
  /** Entries per frame. */
  readonly maxPerFrame: number
  readonly maxDurationMs: number
  /**
   * What is sent before anything new: entries of the past in order of time. New ones that were stored while it was read,
   * and stand in it already, are not sent twice. When it rejects, the socket is closed with the error's message.
   */
  readonly history?: (signal: AbortSignal) => Promise<readonly LogEntry[]>
  /** The close code when the time is over; default 1000. */
  readonly endCode?: number
}

/** RFC 6455: the server met a condition that kept it from fulfilling the request; Loki closes so. */
export const UNEXPECTED_CONDITION = 1011

/** Entries that wait for a slow client; what comes beyond is dropped and counted. */
const MAX_WAITING = 20_000
/** While the client has this much unread, nothing more is sent. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024
/** Dropped entries that a frame names one by one (Loki's frames do); the count is always exact. */
const MAX_NAMED_DROPS = 1_000

/** Sends what is stored from now on until the socket closes. Returns at once. */
export function startTail(options: TailOptions): void {
  const { socket, feed, flushMs } = options
  const match = batchMatcher(options.log, options.tenant, options.fallThrough !== false)
  let waiting: LogEntry[] = []
  let dropped: LogEntry[] = []
  let droppedCount = 0

  const subscription = feed.subscribe('tail', (batch) => {
    for (const entry of match(batch)) {
      if (waiting.length < MAX_WAITING) waiting.push(entry)
      else {
        droppedCount++
        subscription.dropped(1)
        if (dropped.length < MAX_NAMED_DROPS) dropped.push(entry)
      }
    }
  })
  const flushWaiting = () => {
    while ((waiting.length > 0 || droppedCount > 0) && socket.bufferedBytes() < MAX_UNREAD_BYTES) {
      const entries = waiting.slice(0, options.maxPerFrame)
      waiting = waiting.slice(options.maxPerFrame)
      socket.send(options.encode(entries, dropped, droppedCount))
      dropped = []
      droppedCount = 0
    }
  }
  let flush: NodeJS.Timeout | undefined
  const goLive = () => {
    flush = setInterval(flushWaiting, flushMs).unref()
  }
  // Neither timer may keep a stopping process alive.
  const end = setTimeout(
    () => socket.close(options.endCode ?? 1000, 'reached tail max duration limit'),
    options.maxDurationMs,
  ).unref()
  const closed = new AbortController()
  if (!options.history) goLive()
  else {
    options.history(closed.signal).then(
      (history) => {
        if (closed.signal.aborted) return
        waiting = [...history, ...without(waiting, history)]
        flushWaiting()
        goLive()
      },
      (error: Error) => {
        if (!closed.signal.aborted) socket.close(UNEXPECTED_CONDITION, error.message)
      },
    )
  }
  socket.onClose(() => {
    closed.abort()
    subscription.end()
    clearInterval(flush)
    clearTimeout(end)
    waiting = []
  })
}

/** The entries that are not among `known`; where equal ones come several times, as many as there are more of them. */
function without(entries: readonly LogEntry[], known: readonly LogEntry[]): LogEntry[] {
  if (entries.length === 0) return []
  const counts = new Map<string, number>()
  for (const entry of known) counts.set(identity(entry), (counts.get(identity(entry)) ?? 0) + 1)
  return entries.filter((entry) => {
    const left = counts.get(identity(entry)) ?? 0
    if (left > 0) counts.set(identity(entry), left - 1)
    return left === 0
  })
}

function identity({ timeNs, stream, metadata, line }: LogEntry): string {
  return `${timeNs} ${labelsKey(stream)} ${labelsKey(metadata)} ${line}`
}
