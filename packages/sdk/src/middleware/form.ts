import type { Fields } from '../fields.ts'

/** What is known when a request begins. */
export interface RequestFacts {
  readonly method: string
  /** Without the query string, unless option `query` asks for it. */
  readonly path: string
  readonly clientIp: string | undefined
  /** Only with option `userAgent`. */
  readonly userAgent: string | undefined
}

/** What is known when it has ended. */
export interface ResponseFacts extends RequestFacts {
  /** Pattern of the route, `/users/:id`; undefined where none matched or the framework has no routes. */
  readonly route: string | undefined
  /** 499 when the client went away before the end. */
  readonly statusCode: number
  readonly durationMs: number
  /** Of the bodies; undefined when not known. */
  readonly requestBytes: number | undefined
  readonly responseBytes: number | undefined
  readonly aborted: boolean
  /** Took longer than `slowMs`. */
  readonly slow: boolean
  readonly userId: string | undefined
  readonly error: unknown
}

/** Makes message and fields of the two records of a request. Request id, trace ids and user come from the context. */
export interface RequestLogForm {
  start(facts: RequestFacts): readonly [message: string, fields: Fields]
  end(facts: ResponseFacts): readonly [message: string, fields: Fields]
}

/** Names as messages: `api_request`, `api_response`, with `path` and `duration_ms`. */
const names: RequestLogForm = {
  start: (facts) => [
    'api_request',
    { method: facts.method, path: facts.path, client_ip: facts.clientIp, user_agent: facts.userAgent },
  ],
  end: (facts) => [
    'api_response',
    withOutcome(facts, {
      method: facts.method,
      path: facts.path,
      route: facts.route,
      status_code: facts.statusCode,
      duration_ms: Math.round(facts.durationMs * 1000) / 1000,
      client_ip: facts.clientIp,
    }),
  ],
}

/** Texts as messages, with `endpoint` (the route where there is one), `duration` in seconds and an `event_type`. */
const texts: RequestLogForm = {
  start: (facts) => [
    `API 요청 시작: ${facts.method} ${facts.path}`,
    {
      method: facts.method,
      endpoint: facts.path,
      client_ip: facts.clientIp,
      event_type: 'request_start',
      user_agent: facts.userAgent,
    },
  ],
  end(facts) {
    const endpoint = facts.route ?? facts.path
    const seconds = facts.durationMs / 1000
    return [
      `API 요청 완료: ${facts.method} ${endpoint} - ${facts.statusCode} (${seconds.toFixed(4)}s)`,
      withOutcome(facts, {
        method: facts.method,
        endpoint,
        status_code: facts.statusCode,
        duration: Number(seconds.toFixed(6)),
        client_ip: facts.clientIp,
        event_type: 'request_end',
      }),
    ]
  },
}

/** The forms that have a name. */
export const FORMS = { names, texts } as const

export type FormName = keyof typeof FORMS

/** Adds what both forms have. Not by spreading, which makes dictionaries of objects this large. */
function withOutcome(facts: ResponseFacts, fields: Record<string, unknown>): Fields {
  fields.request_bytes = facts.requestBytes
  fields.response_bytes = facts.responseBytes
  if (facts.userAgent !== undefined) fields.user_agent = facts.userAgent
  if (facts.userId !== undefined) fields.user_id = facts.userId
  if (facts.aborted) fields.aborted = true
  if (facts.slow) fields.slow = true
  if (facts.error !== undefined) fields.error = facts.error
  return fields
}
