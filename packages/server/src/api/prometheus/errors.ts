import { QueryError } from '@girok/query'
import { ERROR_CODES, type ErrorCode, GirokError } from '../../model/errors.ts'

/** An error in the terms of Prometheus' API (https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview). */
export interface PrometheusError {
  readonly status: number
  readonly type: string
}

/** What Prometheus has a word for; other codes keep Girok's word and status. */
const TYPES: Partial<Record<ErrorCode, PrometheusError>> = {
  bad_request: { status: 400, type: 'bad_data' },
  bad_query: { status: 400, type: 'bad_data' },
  // Too many samples: the query is well formed, its execution is not allowed.
  limit_exceeded: { status: 422, type: 'execution' },
  unprocessable: { status: 422, type: 'execution' },
  not_found: { status: 404, type: 'not_found' },
  cancelled: { status: 499, type: 'canceled' },
  timeout: { status: 503, type: 'timeout' },
  internal: { status: 500, type: 'internal' },
  store_failed: { status: 500, type: 'internal' },
  store_unavailable: { status: 503, type: 'unavailable' },
}

export function prometheusError(code: ErrorCode): PrometheusError {
  return TYPES[code] ?? { status: ERROR_CODES[code].status, type: code }
}

/** JSON of a failed request, without the newline at its end. */
export function errorBody(type: string, message: string): string {
  return JSON.stringify({ status: 'error', errorType: type, error: message })
}

/** A parameter that cannot be read, in the words that clients of Prometheus know. */
export function invalidParameter(name: string, reason: string): GirokError {
  return new GirokError('bad_request', `invalid parameter ${JSON.stringify(name)}: ${reason}`)
}

/**
 * Runs what reads the parameter `name`: a fault in the text of the query becomes an error of that parameter, one that comes
 * up while it is evaluated stays its own (422 execution).
 */
export async function ofParameter<T>(name: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    if (error.phase === 'parse') throw invalidParameter(name, error.message)
    throw new GirokError('unprocessable', error.message, { cause: error })
  }
}
