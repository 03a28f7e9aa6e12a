/** Every error that a user can meet: its HTTP status and what to do about it. docs/errors.md is generated from this. */
export const ERROR_CODES = {
  bad_request: { status: 400, hint: 'The request is not well formed; the message says where.' },
  bad_query: { status: 400, hint: 'The query has a fault; the message gives line and column.' },
  limit_exceeded: {
    status: 400,
    hint: 'A limit of this server was exceeded; narrow the request or raise the limit named.',
  },
  unauthorized: {
    status: 401,
    hint: 'Send a token: Authorization: Bearer TOKEN, or Basic with the token as password.',
  },
  forbidden: { status: 403, hint: 'The token lacks the scope, or the Host or Origin is not on the allow-list.' },
  not_found: { status: 404, hint: 'No such path or object.' },
  method_not_allowed: { status: 405, hint: 'The path exists, but not for this method.' },
  conflict: { status: 409, hint: 'Someone changed it in the meantime, or the name is taken: read it again and retry.' },
  body_too_large: { status: 413, hint: 'Send smaller requests, or raise limits.maxBodyBytes.' },
  unsupported_media: { status: 415, hint: 'Send one of the content types that the message names.' },
  unprocessable: { status: 422, hint: 'The request holds nothing that could be stored.' },
  rate_limited: { status: 429, hint: 'Slow down and retry after the time in Retry-After, or raise the limit named.' },
  overloaded: { status: 429, hint: 'The write queue is full; retry after the time in Retry-After.' },
  cancelled: { status: 499, hint: 'The client closed the connection.' },
  internal: { status: 500, hint: 'A fault of Girok; the log of the server has the details.' },
  store_failed: { status: 500, hint: 'The storage engine failed; the log of the server has the details.' },
  store_unavailable: { status: 503, hint: 'The storage engine is starting, stopping or unreachable; retry.' },
  timeout: { status: 504, hint: 'The query took longer than query.timeout; narrow the time range or add matchers.' },
  disk_full: { status: 507, hint: 'Free disk space, or lower retention.maxBytes; Girok accepts again by itself.' },
} as const

export type ErrorCode = keyof typeof ERROR_CODES

/** An error meant for the user: code, a message that says what, where and how to mend it. Never carries a stack out. */
export class GirokError extends Error {
  override readonly name = 'GirokError'
  readonly code: ErrorCode
  readonly status: number
  /** For the Retry-After header of 429 and 503 answers. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly retryAfterSeconds?: number },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = ERROR_CODES[code].status
    this.retryAfterSeconds = options?.retryAfterSeconds
  }
}
