import { GirokError } from '../../model/errors.ts'
import { deferred } from './deferred.ts'
import type { Lane } from './lane.ts'

/** Stops the statement with this id in the engine, when it is running. Resolves when the engine has been told. */
export type Kill = (id: string) => Promise<void>

export interface StatementLimits {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs: number
  /** Name by which KILL finds the statement. Made up when left out. */
  readonly id?: string
}

/** How long the engine may overrun its own time limit, which it looks at between blocks, before it is killed. */
const GRACE_MS = 500
const LONGEST_TIMER_MS = 2 ** 31 - 1

let lastId = 0

/** Ids are unique in the process, and hardly ever the same in two processes that share a server. */
function nextStatementId(): string {
  lastId++
  return `girok-${process.pid.toString(36)}-${Date.now().toString(36)}-${lastId.toString(36)}`
}

/** One statement's hold on a worker, from the start of its work to the end of the engine's. */
export interface Hold<S> {
  readonly worker: S
  readonly id: string
  /** Seconds that are left of the time limit; never 0. */
  readonly remainingSeconds: number
  /** Rejects as soon as the caller aborts, time is up or the driver closes; never resolves. */
  readonly stopped: Promise<never>
  /**
   * Starts work of the engine, unless stopped, and waits for it or for `stopped`. When stopped under way, the engine is
   * told to stop again and again until the work has ended (a statement that has hardly begun is not found by a KILL).
   */
  during<T>(work: () => Promise<T>): Promise<T>
  /** Starts what tidies up behind the work, stopped or not; the worker is not given back before it has ended. */
  afterwards(work: () => Promise<unknown>): void
  /** Gives the worker back once all work has ended. May be called twice. */
  end(): void
}

/** All statements of one engine that can be stopped together. */
export interface Statements {
  /** Waits for a worker of the lane and starts the clock. The caller must call `end`, whatever happens. */
  hold<S>(lane: Lane<S>, limits: StatementLimits): Promise<Hold<S>>
  /** Stops all that are under way in a lane. */
  stop(lane: Lane<unknown>, error: GirokError): void
}

export function createStatements(kill: Kill): Statements {
  const running = new Set<{ readonly lane: unknown; readonly stop: (error: GirokError) => void }>()

  async function hold<S>(lane: Lane<S>, limits: StatementLimits): Promise<Hold<S>> {
    const deadlineMs = Date.now() + limits.timeoutMs
    const worker = await lane.acquire({ signal: limits.signal, deadlineMs })
    const id = limits.id ?? nextStatementId()
    const stopped = deferred<never>()
    stopped.promise.catch(ignore)
    let isStopped = false
    const stop = (error: GirokError): void => {
      isStopped = true
      stopped.reject(error)
    }
    const onAbort = (): void => stop(new GirokError('cancelled', 'the query was cancelled'))
    const remainingMs = Math.max(1, deadlineMs - Date.now())
    const timer = setTimeout(
      () => stop(new GirokError('timeout', `the query took longer than ${limits.timeoutMs / 1000} s`)),
      Math.min(remainingMs + GRACE_MS, LONGEST_TIMER_MS),
    )
    limits.signal?.addEventListener('abort', onAbort, { once: true })
    if (limits.signal?.aborted) onAbort()
    const entry = { lane, stop }
    running.add(entry)

    let engineQuiet: Promise<unknown> = Promise.resolve()
    let isEnded = false
    return {
      worker,
      id,
      remainingSeconds: remainingMs / 1000,
      stopped: stopped.promise,
      during(work) {
        if (isStopped) return stopped.promise
        let isWorking = true
        const started = work()
        const ended = started.then(ignore, ignore).then(() => {
          isWorking = false
        })
        const killed = stopped.promise.catch(() => killUntil(kill, id, () => !isWorking, ended))
        engineQuiet = ended.then(() => (isStopped ? killed : undefined))
        // `stopped` first: a stream that was ended because of it must not look like one that was read to its end.
        return Promise.race([stopped.promise, started])
      },
      afterwards(work) {
        if (isEnded) return
        const before = engineQuiet
        const tidied = work().catch(ignore)
        engineQuiet = before.then(() => tidied)
      },
      end() {
        if (isEnded) return
        isEnded = true
        clearTimeout(timer)
        limits.signal?.removeEventListener('abort', onAbort)
        running.delete(entry)
        engineQuiet.then(() => lane.release(worker))
      },
    }
  }

  return {
    hold,
    stop(lane, error) {
      for (const entry of running) if (entry.lane === lane) entry.stop(error)
    },
  }
}

async function killUntil(kill: Kill, id: string, ended: () => boolean, end: Promise<void>): Promise<void> {
  let pauseMs = 50
  while (!ended()) {
    await kill(id).catch(ignore)
    await Promise.race([end, pause(pauseMs)])
    pauseMs = Math.min(1000, pauseMs * 2)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

function ignore(): void {
  // A failure of the work reaches the caller by the other branch of the race; a failing KILL is repeated.
}
