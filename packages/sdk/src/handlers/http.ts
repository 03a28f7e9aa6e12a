import { type Complain, createComplaints } from '../complaints.ts'
import { type Formatter, formatted } from '../formatter.ts'
import { jsonFormatter } from '../formatters/json.ts'
import type { Handler } from '../handler.ts'
import { levelValue } from '../level.ts'
import { createLineQueue } from './queue.ts'
import { isRetryable, retryDelayMs } from './retry.ts'

export interface HttpOptions {
  /** Base URL of a Girok server: records go to its /ingest. */
  readonly url: string
  /** Labels of the stream that the records form. Few and with few values: they are the index. */
  readonly labels?: Readonly<Record<string, string>>
  /** Sent as Authorization: Bearer. */
  readonly token?: string
  /** Sent as X-Scope-OrgID. */
  readonly tenant?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Default: everything. */
  readonly level?: number | string
  /** Must make one line of JSON. Default: jsonFormatter(). */
  readonly formatter?: Formatter
  /** Size of a request body, in UTF-16 units. Default 262,144. */
  readonly batchSize?: number
  /** How long the first record of a batch waits for others, milliseconds. Default 1000. */
  readonly intervalMs?: number
  /** Size of what may wait while the server is away, in UTF-16 units; above that records are dropped. Default 8 Mi. */
  readonly queueSize?: number
  /** After this a request counts as failed, milliseconds. Default 10,000. */
  readonly timeoutMs?: number
  /** How long `close` tries to deliver what waits, milliseconds. Default 5000. */
  readonly closeTimeoutMs?: number
  /** Told of failures to deliver. Default: console.error, once a minute. */
  readonly complain?: Complain
  /** Replaced in tests. */
  readonly fetch?: typeof globalThis.fetch
}

export interface HttpHandler extends Handler {
  flush(): Promise<void>
  close(): Promise<void>
  /** Records delivered, waiting, and lost (did not fit, refused by the server, or left at the end). */
  readonly stats: { readonly sent: number; readonly waiting: number; readonly dropped: number }
}

type Timer = ReturnType<typeof setTimeout> & { unref?: () => void }

/**
 * Sends records to Girok as JSON lines, in batches. A batch is repeated, under one Idempotency-Key, until the server has it
 * or refuses it for good, so that each record is stored once. Nothing is thrown at the caller; memory is bounded.
 */
export function httpHandler(options: HttpOptions): HttpHandler {
  const formatter = options.formatter ?? jsonFormatter()
  const batchSize = options.batchSize ?? 262_144
  const intervalMs = options.intervalMs ?? 1000
  const complain = options.complain ?? createComplaints()
  const request = options.fetch ?? globalThis.fetch
  const target = targetUrl(options)
  const headers: Record<string, string> = { 'content-type': 'application/x-ndjson', ...options.headers }
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`
  if (options.tenant !== undefined) headers['x-scope-orgid'] = options.tenant

  const queue = createLineQueue(options.queueSize ?? 8 * 2 ** 20)
  let sent = 0
  let lost = 0
  let abandoned = 0
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
      const lines = queue.take(batchSize)
      inFlight = lines.length
      if (await deliver(lines)) sent += lines.length
      else {
        lost += lines.length
        if (gaveUp.signal.aborted) abandoned += lines.length
      }
      inFlight = 0
    }
  }

  async function deliver(lines: readonly string[]): Promise<boolean> {
    const body = `${lines.join('\n')}\n`
    const key = randomKey()
    for (let attempt = 1; !gaveUp.signal.aborted; attempt++) {
      let wait: string | null = null
      try {
        const response = await request(target, {
          method: 'POST',
          body,
          headers: { ...headers, 'idempotency-key': key },
          signal: AbortSignal.any([gaveUp.signal, AbortSignal.timeout(options.timeoutMs ?? 10_000)]),
        })
        // Unread bodies keep connections from being used again.
        const answer = await response.text()
        if (response.ok) return true
        if (!isRetryable(response.status)) {
          complain(`${target} refused ${lines.length} records: ${response.status} ${answer.slice(0, 200).trim()}`)
          return false
        }
        wait = response.headers.get('retry-after')
        complain(`${target} answers ${response.status}; ${lines.length} records are being retried`)
      } catch (error) {
        if (gaveUp.signal.aborted) break
        complain(`${target} cannot be reached (${reason(error)}); ${lines.length} records are being retried`)
      }
      await pause(retryDelayMs(attempt, wait, Date.now()), gaveUp.signal)
    }
    return false
  }

  async function shut(): Promise<void> {
    const deadline = setTimeout(() => gaveUp.abort(), options.closeTimeoutMs ?? 5000)
    await send()
    clearTimeout(deadline)
    gaveUp.abort()
    const left = queue.lines + abandoned
    queue.clear()
    if (left > 0) complain(`${left} records were not delivered to ${target} before the end`)
  }

  return {
    name: 'http',
    level: levelValue(options.level ?? 0),
    handle(record) {
      if (closed !== undefined) {
        lost++
        return
      }
      if (!queue.push(formatted(record, formatter))) complain(`the queue for ${target} is full; records are dropped`)
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
      return { sent, waiting: queue.lines + inFlight, dropped: queue.dropped + lost }
    },
  }
}

function targetUrl(options: HttpOptions): string {
  const url = new URL(`${options.url.replace(/\/+$/, '')}/ingest`)
  for (const [name, value] of Object.entries(options.labels ?? {})) url.searchParams.append('label', `${name}=${value}`)
  return url.href
}

function reason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error ? ((cause as { code?: string }).code ?? cause.message) : String(cause)
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
