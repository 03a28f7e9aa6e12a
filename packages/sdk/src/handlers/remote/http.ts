import { gzip } from './compress.ts'
import type { Outcome } from './destination.ts'
import { isRetryable, retryAfterMs } from './retry.ts'

/** Shorter bodies gain nothing by compression. In UTF-16 units. */
const COMPRESS_FROM = 1024

export interface HttpRequest {
  readonly url: string
  /** Default POST. */
  readonly method?: string | undefined
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Sends bodies from 1 KiB on as gzip, with Content-Encoding. Default false. */
  readonly compress?: boolean | undefined
  /** Statuses after which the same request may succeed later. Default: 408, 429 and 5xx except 501. */
  readonly isRetryable?: ((status: number) => boolean) | undefined
  /** Replaced in tests. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

/**
 * One request: how it ended, and what was answered. `delivered` stands for any 2xx; its body may still say otherwise.
 * 413 is `too_large`; broken connections, answers that break off and redirects are `retry`.
 */
export async function post(request: HttpRequest): Promise<{ outcome: Outcome; answer: HttpAnswer | undefined }> {
  const { url, method = 'POST', signal } = request
  try {
    const { body, headers } = await encoded(request)
    // Followed, a redirect makes a GET without a body of most requests, whose success would mean nothing.
    const init = { method, body, headers, signal, redirect: 'manual' } as const
    const response = await (request.fetch ?? globalThis.fetch)(url, init)
    // Unread bodies keep connections from being used again.
    const answer = { status: response.status, body: await response.text() }
    return { outcome: outcomeOf(response, answer, request.isRetryable ?? isRetryable), answer }
  } catch (error) {
    return { outcome: { kind: 'retry', reason: `cannot be reached (${cause(error)})` }, answer: undefined }
  }
}

async function encoded({ body, headers, compress }: HttpRequest) {
  const compressed = compress === true && body.length >= COMPRESS_FROM ? await gzip(body) : undefined
  if (compressed === undefined) return { body, headers }
  return { body: compressed, headers: { ...headers, 'content-encoding': 'gzip' } }
}

function outcomeOf(response: Response, answer: HttpAnswer, mayRetry: (status: number) => boolean): Outcome {
  if (response.ok) return { kind: 'delivered' }
  const { status } = response
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    const target = response.headers.get('location') ?? 'another address'
    return { kind: 'retry', reason: `sends requests on to ${target}: use that as the url` }
  }
  if (mayRetry(status)) {
    const afterMs = retryAfterMs(response.headers.get('retry-after'), Date.now())
    return { kind: 'retry', reason: `answers ${status}`, afterMs }
  }
  const reason = `${status} ${answer.body.slice(0, 200).trim()}`
  return { kind: status === 413 ? 'too_large' : 'refused', reason }
}

function cause(error: unknown): string {
  const inner = error instanceof Error ? (error.cause ?? error) : error
  return inner instanceof Error ? ((inner as { code?: string }).code ?? inner.message) : String(inner)
}
