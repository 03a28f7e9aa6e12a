import type { Outcome } from './destination.ts'
import { isRetryable, retryAfterMs } from './retry.ts'

export interface HttpRequest {
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Replaced in tests. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

/** One POST: how it ended, and what was answered. `delivered` stands for any 2xx; its body may still say otherwise. */
export async function post(request: HttpRequest): Promise<{ outcome: Outcome; answer: HttpAnswer | undefined }> {
  const { url, body, headers, signal } = request
  try {
    const response = await (request.fetch ?? globalThis.fetch)(url, { method: 'POST', body, headers, signal })
    // Unread bodies keep connections from being used again.
    const answer = { status: response.status, body: await response.text() }
    if (response.ok) return { outcome: { kind: 'delivered' }, answer }
    if (!isRetryable(response.status)) {
      return { outcome: { kind: 'refused', reason: `${response.status} ${answer.body.slice(0, 200).trim()}` }, answer }
    }
    const afterMs = retryAfterMs(response.headers.get('retry-after'), Date.now())
    return { outcome: { kind: 'retry', reason: `answers ${response.status}`, afterMs }, answer }
  } catch (error) {
    return { outcome: { kind: 'retry', reason: `cannot be reached (${cause(error)})` }, answer: undefined }
  }
}

function cause(error: unknown): string {
  const inner = error instanceof Error ? (error.cause ?? error) : error
  return inner instanceof Error ? ((inner as { code?: string }).code ?? inner.message) : String(inner)
}
