import type { Logger } from '../logger.ts'
import type { TrustProxy } from './client-address.ts'
import type { FormName, RequestLogForm } from './form.ts'

/** Options of all request middleware; `Request` is what the framework calls a request. */
export interface RequestLogOptions<Request = unknown> {
  /** Default: `getLogger('api')`. */
  readonly logger?: Logger
  /** Level of the record at the start of a request, or false for none. Default DEBUG. */
  readonly startLevel?: number | string | false
  /** Level of the record at the end, below 400. Default INFO. */
  readonly endLevel?: number | string
  /** Level for 400 to 499, and for requests whose client went away. Default: as `endLevel`. Often WARNING. */
  readonly clientErrorLevel?: number | string
  /** Requests that take longer are WARNING at least and carry `slow: true`, milliseconds. Default: none are slow. */
  readonly slowMs?: number
  /**
   * Header that brings the request id and takes it back, lower case. Default `x-request-id`. An id that comes is kept when
   * it has 1 to 128 of the characters A-Z a-z 0-9 . _ ~ + / = : @ - and replaced otherwise.
   */
  readonly requestIdHeader?: string
  /** Whether ids of callers are kept. Default true; false where everybody may call. */
  readonly acceptRequestId?: boolean
  /**
   * Makes an id of 1 to 128 printable ASCII characters without blanks. Default: UUID version 4, also in place of ids that
   * are none or when it throws, which is complained of.
   */
  readonly newRequestId?: () => string
  /**
   * The user of a request, for the field `user_id`: asked at its start, for the context, and when that gave none again at
   * its end. See the framework's function for what else. What it throws counts as none.
   */
  readonly user?: (request: Request) => string | undefined
  /** Default false. */
  readonly trustProxy?: TrustProxy
  /** Paths without records (strings are whole paths, without query); id and context they have. */
  readonly skip?: readonly (string | RegExp)[]
  /** Whether `path` keeps the query string, which often has secrets in it. Default false. */
  readonly query?: boolean
  /** Whether the user agent is recorded, at most 256 characters. Default false. */
  readonly userAgent?: boolean
  /** Messages and fields. Default `names`. */
  readonly form?: FormName | RequestLogForm
  /** Milliseconds from any start; replaced in tests. */
  readonly now?: () => number
}

/** @throws TypeError or RangeError for options that every single request would stumble over */
export function checkOptions<Request>(options: RequestLogOptions<Request>): void {
  const { logger, requestIdHeader, newRequestId, skip, slowMs } = options
  if (logger !== undefined && typeof logger.isEnabledFor !== 'function') {
    throw new TypeError(`logger is ${String(logger)}: use getLogger('name')`)
  }
  // RFC 9110, 5.6.2: a token.
  if (requestIdHeader !== undefined && !/^[\w!#$%&'*+.^`|~-]+$/.test(requestIdHeader)) {
    throw new RangeError(`requestIdHeader is ${JSON.stringify(requestIdHeader)}: that cannot be the name of a header`)
  }
  if (newRequestId !== undefined && typeof newRequestId !== 'function') {
    throw new TypeError('newRequestId: use a function that gives an id')
  }
  const paths: unknown = skip ?? []
  if (!Array.isArray(paths) || !paths.every((one) => typeof one === 'string' || one instanceof RegExp)) {
    throw new TypeError("skip: use a list of paths and regular expressions, such as ['/healthz']")
  }
  if (slowMs !== undefined && !(typeof slowMs === 'number' && slowMs >= 0)) {
    throw new RangeError(`slowMs is ${String(slowMs)} (${typeof slowMs}): use a number of milliseconds from 0`)
  }
}
