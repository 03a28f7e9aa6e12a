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
  /** Makes an id. Default: UUID version 4. */
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
