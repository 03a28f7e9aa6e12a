import { createComplaints } from '../../complaints.ts'
import { levelValue } from '../../level.ts'
import type { Destination, Outcome } from './destination.ts'
import type { RemoteHandler, RemoteOptions } from './options.ts'
import { createLineQueue } from './queue.ts'
import { retryDelayMs } from './retry.ts'

type Timer = ReturnType<typeof setTimeout> & { unref?: () => void }

/**
 * The handler of a destination: batches records, repeats a batch until it is delivered or refused for good, counts what
 * becomes of every record. Nothing is thrown at the caller; memory is bounded.
 */
export function createRemoteHandler(destination: Destination, options: RemoteOptions): RemoteHandler {
  const target = destination.name
  const batchSize = options.batchSize ?? 262_144
  const intervalMs = options.intervalMs ?? 1000
  const complain = options.complain ?? createComplaints()
  const queue = createLineQueue(options.queueSize ?? 8 * 2 ** 20)
  let sent = 0
  let retries = 0
  const lost = { refused: 0, closed: 0 }
  let inFlight = 0
  let timer: Timer | undefined
  let sending: Promise<void> | undefined
  let closed: Promise<void> | undefined
  const gaveUp = new AbortController()

  /** One after the other: order is kept, and a server that is away gets one request at a time. */
  function send(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    sending ??= drain().finally(() => {
      sending = undefined
      // A record may have come between the last look at the queue and now.
      if (queue.lines > 0) schedule()
    })
    return sending
  }

  function schedule(): void {
    if (timer !== undefined || closed !== undefined) return
    timer = setTimeout(() => void send(), intervalMs)
    // Waiting for more records is no reason to keep a program running; close() delivers what waits.
    timer.unref?.()
  }

  async function drain(): Promise<void> {
    while (queue.lines > 0 && !gaveUp.signal.aborted) {
      const entries = queue.take(batchSize)
      inFlight = entries.length
      await deliver(entries)
      inFlight = 0
    }
  }

  async function deliver(all: readonly string[]): Promise<void> {
    const key = randomKey()
    let entries = all
    for (let attempt = 1; !gaveUp.signal.aborted; attempt++) {
      const outcome = await attemptOf(key, entries)
      if (gaveUp.signal.aborted && outcome.kind === 'retry') break
      if (outcome.kind === 'refused') {
        const count = outcome.count ?? entries.length
        complain(`${target} refused ${count} records: ${outcome.reason}`)
        lost.refused += count
        sent += entries.length - count
        return
      }
      if (outcome.kind === 'delivered') {
        sent += entries.length
        return
      }
      if (outcome.entries !== undefined) {
        sent += entries.length - outcome.entries.length
        entries = outcome.entries
        inFlight = entries.length
      }
      retries++
      complain(`${target}: ${outcome.reason}; ${entries.length} records are being retried`)
      await pause(Math.max(retryDelayMs(attempt, null, Date.now()), outcome.afterMs ?? 0), gaveUp.signal)
    }
    lost.closed += entries.length
  }

  async function attemptOf(key: string, entries: readonly string[]): Promise<Outcome> {
    const signal = AbortSignal.any([gaveUp.signal, AbortSignal.timeout(options.timeoutMs ?? 10_000)])
    try {
      return await destination.deliver({ key, entries }, signal)
    } catch (error) {
      return { kind: 'retry', reason: error instanceof Error ? error.message : String(error) }
    }
  }

  async function shut(): Promise<void> {
    const deadline = setTimeout(() => gaveUp.abort(), options.closeTimeoutMs ?? 5000)
    await send()
    clearTimeout(deadline)
    gaveUp.abort()
    const left = queue.lines + lost.closed
    lost.closed += queue.lines
    queue.take(Number.POSITIVE_INFINITY)
    if (left > 0) complain(`${left} records were not delivered to ${target} before the end`)
    await destination.close?.()
  }

  return {
    name: target,
    level: levelValue(options.level ?? 0),
    filters: options.filters,
    needsSource: destination.needsSource,
    handle(record) {
      if (closed !== undefined) {
        lost.closed++
        return
      }
      if (!queue.push(destination.entry(record))) complain(`the queue for ${target} is full; records are dropped`)
      else if (queue.characters >= batchSize) void send()
      else if (sending === undefined) schedule()
    },
    async flush() {
      while (queue.lines > 0 || inFlight > 0) {
        if (gaveUp.signal.aborted) return
        await send()
      }
    },
    close() {
      closed ??= shut()
      return closed
    },
    get stats() {
      const dropped = { overflow: queue.dropped, ...lost }
      return { sent, waiting: queue.lines + inFlight, spooled: 0, retries, dropped }
    },
  }
}

/** crypto.randomUUID is missing on web pages that came without TLS. */
function randomKey(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer: Timer = setTimeout(done, ms)
    timer.unref?.()
    signal.addEventListener('abort', done, { once: true })
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
