import { setTimeout as sleep } from 'node:timers/promises'
import type { DeleteRequest } from '../../store/deletions.ts'
import type { LogStore } from '../../store/store.ts'
import type { Runs } from '../run/runs.ts'
import { removeRows } from './remove.ts'

export interface RemoverOptions {
  readonly store: LogStore
  readonly runs: Pick<Runs, 'run'>
  /** How long after a request came its lines are removed; until then it can be cancelled. */
  readonly cancelPeriodMs: number
  /** Age above which lines are refused on arrival; 0 = never. */
  readonly maxLineAgeMs: number
  readonly now: () => number
  readonly log: (level: 'info' | 'warning', message: string, fields: Record<string, unknown>) => void
}

/** Removes what delete requests have hidden, in the background. */
export interface Remover {
  /** One look at all requests. Rejects as the store does; the next look tries again. */
  run(): Promise<void>
  start(): void
  /** Ends it; what the engine has begun it carries out, what it has not is done after the next start. */
  stop(): Promise<void>
}

const LOOK_MS = 2000
const AT_ONCE = 8
/** Late lines are removed together: each removal rewrites parts. */
const SWEEP_MS = 300_000

export function createRemover({ store, runs, cancelPeriodMs, maxLineAgeMs, now, log }: RemoverOptions): Remover {
  const stopping = new AbortController()
  const sweptMs = new Map<string, number>()
  let loop: Promise<void> | undefined

  const remove = (request: DeleteRequest): Promise<void> =>
    runs.run(
      { tenant: request.tenant, query: request.query, signal: stopping.signal, lane: 'heavy', timed: false },
      (run) => removeRows(store, request, run),
    )

  async function advance(request: DeleteRequest): Promise<void> {
    const { deletions } = store
    const key = `${request.tenant} ${request.id}`
    if (request.state === 'received' && now() < request.createdMs + cancelPeriodMs) return
    if (request.state === 'received' && !(await deletions.setState(request, 'removing'))) return
    if (request.state !== 'processed') {
      const startMs = performance.now()
      await remove(request)
      await deletions.setState(request, 'processed')
      sweptMs.set(key, now())
      log('info', 'removed the lines of a delete request', { id: request.id, tookMs: performance.now() - startMs })
      return
    }
    if (deletions.isLate(request)) {
      if (now() - (sweptMs.get(key) ?? 0) < SWEEP_MS) return
      sweptMs.set(key, now())
      await remove(request)
    } else if (maxLineAgeMs > 0 && now() - Number(request.endNs / 1_000_000n) > maxLineAgeMs) {
      await deletions.setState(request, 'settled')
      sweptMs.delete(key)
    }
  }

  async function run(): Promise<void> {
    const requests = store.deletions.unsettled()
    // Some at once: the engine rewrites a part once for all that it was asked for.
    for (let i = 0; i < requests.length && !stopping.signal.aborted; i += AT_ONCE) {
      const ends = await Promise.allSettled(requests.slice(i, i + AT_ONCE).map(advance))
      const failed = ends.find((end) => end.status === 'rejected')
      if (failed) throw failed.reason
    }
  }

  async function repeat(): Promise<void> {
    for (;;) {
      const stopped = await sleep(LOOK_MS, false, { signal: stopping.signal, ref: false }).catch(() => true)
      if (stopped) return
      try {
        await run()
      } catch (error) {
        if (stopping.signal.aborted) return
        log('warning', 'lines could not be deleted; it is tried again', { error: String(error) })
      }
    }
  }

  return {
    run,
    start() {
      loop ??= repeat()
    },
    async stop() {
      stopping.abort()
      await loop
    },
  }
}
