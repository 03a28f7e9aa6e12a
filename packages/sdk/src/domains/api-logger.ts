import type { Fields } from '../fields.ts'
import { copyOf } from './copy-of.ts'
import { DomainLogger, type DomainLoggerOptions } from './domain-logger.ts'
import { elapsedMs } from './elapsed.ts'
import { ExpiringMap } from './expiring-map.ts'

export interface ApiLoggerOptions extends DomainLoggerOptions {
  /** Sub-directory of the log directory. Default `api`. */
  readonly directory?: string
  /** Requests that wait for their response; the oldest are forgotten when there are more. Default 10,000. */
  readonly maxPending?: number
  /** After this a request without a response is forgotten, milliseconds. Default one hour. */
  readonly maxPendingMs?: number
}

export interface ApiRequestFields extends Fields {
  readonly request_id: string
  readonly method: string
  readonly path: string
  /** Bytes. */
  readonly request_size?: number | undefined
}

export interface ApiResponseFields extends Fields {
  readonly request_id: string
  readonly status_code: number
  /** Default: time since logRequest. */
  readonly duration_ms?: number | undefined
  /** Bytes. */
  readonly response_size?: number | undefined
}

interface Pending {
  readonly atMs: number
  readonly method: string
  readonly path: string
}

/**
 * Follows HTTP requests by hand; the middleware does it by itself. The logger is `api.NAME`, the file
 * `api/NAME_20251220_120000.log`. A response finds its request by request_id and takes method and path from it.
 */
export class ApiLogger extends DomainLogger {
  readonly #pending: ExpiringMap<Pending>

  constructor(name: string, options: ApiLoggerOptions = {}) {
    super({ loggerName: `api.${name}`, directory: options.directory ?? 'api', fileName: name }, options)
    const { maxPending = 10_000, maxPendingMs = 3_600_000 } = options
    this.#pending = new ExpiringMap({ maxEntries: maxPending, maxAgeMs: maxPendingMs, now: this.clock })
  }

  /** INFO `api_request`. */
  logRequest(request: ApiRequestFields): void {
    const fields = copyOf(request)
    const { request_id, method, path } = fields
    this.#pending.set(request_id, { atMs: this.clock(), method, path })
    this.logger.info('api_request', fields)
  }

  /** INFO `api_response`, with method and path when the request is known. */
  logResponse(response: ApiResponseFields): void {
    const { request_id, status_code, duration_ms, ...more } = copyOf(response)
    const request = this.#pending.take(request_id)
    this.logger.info('api_response', {
      request_id,
      method: request?.method,
      path: request?.path,
      status_code,
      duration_ms: duration_ms ?? (request === undefined ? undefined : elapsedMs(this.clock, request.atMs)),
      ...more,
    })
  }
}
