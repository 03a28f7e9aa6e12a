import { GirokError } from '../../model/errors.ts'
import type { Lane } from '../../store/driver.ts'
import type { QueryStats, RunningQuery } from '../engine.ts'
import { cancelledError, type QueryLimits, timeoutError } from '../limits.ts'
import { createGate } from './gate.ts'
import { createTurns, STRETCH_MS } from './turns.ts'

/** One query on its way: its time, its end, what it has read. */
export interface Run {
  /** Aborted when the client is gone or the time is up; the reason is the GirokError to answer with. */
  readonly signal: AbortSignal
  /** Milliseconds that are left, at least 1. */
  remainingMs(): number
  elapsedMs(): number
  /** To be called between pieces of evaluation: gives way when this stretch is over, throws when the query has ended. */
  breathe(): Promise<void> | undefined
  /**
   * To be called after waiting for the store, when everyone else has had a turn: a new stretch begins. Short queries are
   * answered within it and never queue behind the evaluation of long ones.
   */
  rested(): void
  /** Counts lines that the store handed out or added up, and the bytes of those lines as far as they are known. */
  countRead(lines: number, bytes: number): void
  /** Counts lines that all filters of the query let through. */
  countMatched(lines: number): void
  /** Counts streams that a selector of the query matches. */
  countStreams(streams: number): void
  stats(entriesReturned: number): QueryStats
  /** The lane of its statements; long work may move to another one. */
  lane: Lane
}

export interface Runs {
  /** Runs `work` when there is room, within the time limit, until `signal` is aborted. */
  run<T>(request: RunRequest, work: (run: Run) => Promise<T>): Promise<T>
  /** As `run` for work that gives its results piece by piece; ends when the reader stops reading. */
  stream<T>(request: RunRequest, work: (run: Run) => AsyncIterable<T>): AsyncIterable<T>
  list(): readonly RunningQuery[]
}

export interface RunRequest {
  readonly tenant: string
  readonly query: string
  readonly signal?: AbortSignal | undefined
  readonly lane: Lane
  /** Runs without a time limit when false (exports). */
  readonly timed?: boolean
  /** Milliseconds; default: the limit of all queries. */
  readonly timeoutMs?: number
}

/**
 * @param clock milliseconds since the epoch
 * @param onEnd told about each query when it has ended, however it ended
 */
export function createRuns(
  limits: QueryLimits,
  clock: () => number,
  onEnd: (query: RunningQuery, tookMs: number) => void,
): Runs {
  const gate = createGate(limits.maxConcurrent, limits.maxQueued)
  const turns = createTurns()
  const running = new Map<string, RunningQuery>()
  let lastId = 0

  async function open(request: RunRequest): Promise<{ run: Run; end: () => void }> {
    const stop = new AbortController()
    const onAbort = (): void => stop.abort(cancelledError())
    if (request.signal?.aborted) throw cancelledError()
    request.signal?.addEventListener('abort', onAbort, { once: true })
    const timeLimit = request.timed === false ? undefined : (request.timeoutMs ?? limits.timeoutMs)
    const timer = timeLimit === undefined ? undefined : setTimeout(() => stop.abort(timeoutError()), timeLimit)
    const id = `q${++lastId}`
    const query: RunningQuery = { id, tenant: request.tenant, query: request.query, startedMs: clock() }
    running.set(id, query)
    let leave: (() => void) | undefined
    const end = (): void => {
      clearTimeout(timer)
      request.signal?.removeEventListener('abort', onAbort)
      running.delete(id)
      leave?.()
      onEnd(query, clock() - query.startedMs)
    }
    const asked = performance.now()
    try {
      leave = await gate.enter(stop.signal)
    } catch (error) {
      end()
      throw error
    }
    return { run: makeRun(request, stop.signal, timeLimit, performance.now() - asked), end }
  }

  function makeRun(request: RunRequest, signal: AbortSignal, timeLimit: number | undefined, queueMs: number): Run {
    const started = performance.now()
    let stretchEnd = started + STRETCH_MS
    let linesScanned = 0
    let bytesScanned = 0
    let linesMatched = 0
    let streams = 0
    const pause = async (): Promise<void> => {
      await turns.next()
      signal.throwIfAborted()
      stretchEnd = performance.now() + STRETCH_MS
    }
    return {
      signal,
      lane: request.lane,
      remainingMs: () =>
        timeLimit === undefined ? 24 * 3_600_000 : Math.max(1, timeLimit - (performance.now() - started)),
      elapsedMs: () => performance.now() - started,
      breathe: () => (performance.now() < stretchEnd ? undefined : pause()),
      rested() {
        stretchEnd = performance.now() + STRETCH_MS
      },
      countRead(lines, bytes) {
        linesScanned += lines
        bytesScanned += bytes
      },
      countMatched(lines) {
        linesMatched += lines
      },
      countStreams(more) {
        streams += more
      },
      stats: (entriesReturned) => ({
        execMs: performance.now() - started,
        queueMs,
        linesScanned,
        bytesScanned,
        linesMatched,
        streams,
        entriesReturned,
      }),
    }
  }

  return {
    async run(request, work) {
      const { run, end } = await open(request)
      try {
        return await work(run)
      } catch (error) {
        throw asAnswered(error, run)
      } finally {
        end()
      }
    },
    async *stream(request, work) {
      const { run, end } = await open(request)
      try {
        yield* work(run)
      } catch (error) {
        throw asAnswered(error, run)
      } finally {
        end()
      }
    },
    list: () => [...running.values()],
  }
}

/** Whatever fails after the end of a query fails because of it; the engine's own time limit reads as ours. */
function asAnswered(error: unknown, run: Run): unknown {
  if (run.signal.aborted) return run.signal.reason
  if (error instanceof GirokError && error.code === 'timeout') return timeoutError()
  return error
}
