import { encodeGoJson } from '@girok/query'
import type { SendOutcome } from '../notifier.ts'
import type { HttpOptions } from './http-options.ts'
import { type Outgoing, type OutgoingAnswer, OutgoingError } from './outgoing.ts'
import { retryAfterMs } from './retry-after.ts'
import { secretWords } from './secret-words.ts'

export interface JsonRequest {
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  /** Written as Go writes JSON: objects in their order, `Map`s by key. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly http: HttpOptions | undefined
  readonly signal: AbortSignal
  /** Longest time for the attempt; 0: none of its own. */
  readonly timeoutMs?: number
  /** Texts that a reason must not hold. The address never stands in one anyway. */
  readonly secrets?: readonly string[]
  /** Whether another attempt can help after an answer of this status. Default: 429 and 5xx. */
  readonly retriable?: (status: number) => boolean
}

/** The answer, when its status is 2xx, or what to tell of the attempt. */
export type JsonAnswer =
  | {
      readonly answer: OutgoingAnswer
      /** The begin of a text of the answer, for reasons: none of the request's secrets is in it. */
      readonly excerptOf: (text: string) => string
    }
  | { readonly outcome: SendOutcome }

/** Sends JSON once. Rejects only when `signal` is aborted. */
export async function requestJson(outgoing: Outgoing, request: JsonRequest): Promise<JsonAnswer> {
  const { signal, timeoutMs = 0 } = request
  const ending = timeoutMs > 0 ? AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) : signal
  let answer: OutgoingAnswer
  try {
    answer = await outgoing.request({
      method: request.method ?? 'POST',
      url: request.url,
      headers: { 'Content-Type': 'application/json', ...request.headers },
      body: `${encodeGoJson(request.body)}\n`,
      ...(request.http === undefined ? {} : { http: request.http }),
      signal: ending,
    })
  } catch (error) {
    signal.throwIfAborted()
    if (ending.aborted) return { outcome: failed(true, `no answer within the timeout of ${timeoutMs / 1000} s`) }
    if (error instanceof OutgoingError) return { outcome: failed(error.retry, error.message) }
    throw error
  }
  return judge(answer, request)
}

/** Sends JSON once; an answer of 2xx means that it was taken. Rejects only when `signal` is aborted. */
export async function postJson(outgoing: Outgoing, request: JsonRequest): Promise<SendOutcome> {
  const result = await requestJson(outgoing, request)
  return 'outcome' in result ? result.outcome : { sent: true }
}

export function failed(retry: boolean, reason: string): SendOutcome {
  return { sent: false, retry, reason }
}

function judge(answer: OutgoingAnswer, request: JsonRequest): JsonAnswer {
  const { status } = answer
  const secrets = secretWords(request.url, request.http, request.secrets ?? [])
  const excerptOf = (text: string) => excerpt(text, secrets)
  if (status >= 200 && status < 300) return { answer, excerptOf }
  const retriable = request.retriable ?? ((code) => code === 429 || code >= 500)
  const said = excerptOf(answer.body)
  const reason = `the far end answered with status ${status}${said === '' ? '' : `: ${said}`}`
  const wait = retryAfterMs(answer.headers['retry-after'])
  return {
    outcome: { sent: false, retry: retriable(status), reason, ...(wait === undefined ? {} : { retryAfterMs: wait }) },
  }
}

const EXCERPT = 200
const SHORTEST_SECRET = 4

/** The begin of an answer in one line, without the secrets, should the far end send them back. */
export function excerpt(body: string, secrets: readonly string[]): string {
  let text = body
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (secret.length >= SHORTEST_SECRET) text = text.replaceAll(secret, '<secret>')
  }
  // Addresses and credentials, whoever put them in.
  text = text.replace(/\b(Bearer|Basic)\s+[\w+/=.~-]{8,}/gi, '$1 <secret>')
  text = text.replace(/\bhttps?:\/\/[^\s"'<>]+/gi, '<address>')
  text = text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text
}
