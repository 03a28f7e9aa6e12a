import { Worker } from 'node:worker_threads'
import { GirokError } from '../../model/errors.ts'
import type { Evaluation, Evaluator } from './evaluation.ts'
import { packRequest, unpackReply, type WorkerReply } from './worker-messages.ts'

export interface WorkerOptions {
  /** The built file of worker.ts. */
  readonly file: URL
  /** Threads at most. */
  readonly threads: number
  /** Milliseconds after which a thread that has nothing to do is ended; each takes 10 MB. Default: five minutes. */
  readonly idleMs?: number
}

/** Heap of a thread for labels and lists, MB; columns stand outside of it. */
const MAX_HEAP_MB = 512
const IDLE_MS = 300_000

interface Thread {
  readonly worker: Worker
  idleTimer: NodeJS.Timeout | undefined
}

/**
 * Evaluates in threads of its own, which are started when they are needed. Each does one evaluation at a time; further
 * ones wait. An evaluation that is cancelled takes its thread along: nothing else stops it.
 */
export function createWorkerEvaluator({ file, threads, idleMs = IDLE_MS }: WorkerOptions): Evaluator {
  const idle: Thread[] = []
  const all = new Set<Thread>()
  const waiting: (() => void)[] = []
  let closed = false

  function start(): Thread {
    const worker = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } })
    // A thread must not keep a program alive that is done otherwise.
    worker.unref()
    const thread: Thread = { worker, idleTimer: undefined }
    all.add(thread)
    return thread
  }

  async function end(thread: Thread): Promise<void> {
    clearTimeout(thread.idleTimer)
    all.delete(thread)
    const place = idle.indexOf(thread)
    if (place !== -1) idle.splice(place, 1)
    await thread.worker.terminate()
  }

  function takeThread(): Thread | undefined {
    const thread = idle.pop()
    if (thread !== undefined) {
      clearTimeout(thread.idleTimer)
      return thread
    }
    return all.size < threads ? start() : undefined
  }

  function release(thread: Thread): void {
    idle.push(thread)
    thread.idleTimer = setTimeout(() => void end(thread), idleMs)
    thread.idleTimer.unref()
  }

  /** Waits for a thread. */
  async function acquire(signal: AbortSignal): Promise<Thread> {
    for (;;) {
      signal.throwIfAborted()
      if (closed) throw new GirokError('store_unavailable', 'the server is stopping')
      const thread = takeThread()
      if (thread !== undefined) return thread
      await new Promise<void>((resolve) => {
        const go = (): void => {
          signal.removeEventListener('abort', leave)
          resolve()
        }
        const leave = (): void => {
          waiting.splice(waiting.indexOf(go), 1)
          resolve()
        }
        waiting.push(go)
        signal.addEventListener('abort', leave, { once: true })
      })
    }
  }

  /** Resolves with the reply; rejects when the thread ends or the signal is aborted. */
  function ask({ worker }: Thread, evaluation: Evaluation, signal: AbortSignal): Promise<WorkerReply> {
    return new Promise((resolve, reject) => {
      const settle = (done: () => void) => {
        worker.removeAllListeners('message')
        worker.removeAllListeners('error')
        worker.removeAllListeners('exit')
        signal.removeEventListener('abort', onAbort)
        // What a thread that is being ended still says must not end the process.
        worker.on('error', () => {})
        done()
      }
      const onAbort = (): void => settle(() => reject(signal.reason))
      signal.addEventListener('abort', onAbort, { once: true })
      worker.once('message', (reply: WorkerReply) => settle(() => resolve(reply)))
      worker.once('error', (error: NodeJS.ErrnoException) => settle(() => reject(asAnswered(error))))
      worker.once('exit', () => settle(() => reject(new GirokError('store_unavailable', 'the server is stopping'))))
      const { message, transfer } = packRequest(evaluation)
      worker.postMessage(message, transfer)
    })
  }

  return {
    async evaluate(evaluation, signal) {
      const thread = await acquire(signal)
      let reply: WorkerReply
      try {
        reply = await ask(thread, evaluation, signal)
      } catch (error) {
        void end(thread)
        throw error
      } finally {
        if (all.has(thread)) release(thread)
        waiting.shift()?.()
      }
      return unpackReply(reply)
    },
    async close() {
      closed = true
      for (const go of waiting.splice(0)) go()
      await Promise.all([...all].map(end))
    },
  }
}

function asAnswered(error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error
  return new GirokError(
    'limit_exceeded',
    'the query needs more memory than evaluation may take: narrow the time range, add matchers or aggregate',
    { cause: error },
  )
}
