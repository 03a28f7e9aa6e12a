import { randomBytes } from 'node:crypto'
import { QueryError } from '@girok/query'
import { errorBody, prometheusError } from '../../api/prometheus/errors.ts'
import type { ApiResponse } from '../../api/route.ts'
import { ERROR_CODES, type ErrorCode, GirokError } from '../../model/errors.ts'

/** How an error is told on a path: as Loki's or Prometheus' clients expect it, or as Girok's own contract says. */
export type ErrorForm = 'text' | 'json' | 'prometheus'

/** Called with faults of our own, which the user sees only as an id to look up in the log. */
export type ReportFault = (id: string, error: unknown) => void

interface Told {
  readonly code: ErrorCode
  readonly status: number
  readonly message: string
  readonly retryAfterSeconds?: number | undefined
}

/** The answer to a failed request. Never carries a stack or a message that was not written for users. */
export function errorResponse(error: unknown, form: ErrorForm, report: ReportFault): ApiResponse {
  const told = tell(error, report)
  const headers: Record<string, string> = {
    'content-type': form === 'text' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
  }
  if (told.retryAfterSeconds !== undefined) headers['retry-after'] = String(Math.ceil(told.retryAfterSeconds))
  if (told.code === 'unauthorized') headers['www-authenticate'] = 'Bearer realm="girok"'
  const { status, body } = written(told, form)
  return { status, headers, body: `${body}\n` }
}

function written({ code, status, message }: Told, form: ErrorForm): { readonly status: number; readonly body: string } {
  if (form === 'text') return { status, body: message }
  if (form === 'json')
    return { status, body: JSON.stringify({ error: { code, message, hint: ERROR_CODES[code].hint } }) }
  const { status: known, type } = prometheusError(code)
  // The HTTP library names statuses of its own beside a code of ours.
  return { status: status === ERROR_CODES[code].status ? known : status, body: errorBody(type, message) }
}

function tell(error: unknown, report: ReportFault): Told {
  if (error instanceof GirokError) {
    if (error.status >= 500 && error.code !== 'timeout' && error.code !== 'disk_full') report('', error)
    return error
  }
  if (error instanceof QueryError) return { code: 'bad_query', status: 400, message: error.message }
  const fastify = fastifyError(error)
  if (fastify) return fastify
  const id = randomBytes(4).toString('hex')
  report(id, error)
  return { code: 'internal', status: 500, message: `a fault of Girok; the server's log has it as fault ${id}` }
}

/** The error as a GirokError, where it is one that users may see; undefined for faults of Girok. */
export function userError(error: unknown): GirokError | undefined {
  if (error instanceof GirokError) return error
  const told = fastifyError(error)
  return told && new GirokError(told.code, told.message, { cause: error })
}

/** Errors that the HTTP library raises before a route is reached. */
function fastifyError(error: unknown): Told | undefined {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return { code: 'body_too_large', status: 413, message: 'request body too large: it exceeds limits.maxBodyBytes' }
  }
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return undefined
  const message = error instanceof Error ? error.message : 'the request is not well formed'
  return { code: 'bad_request', status: statusCode, message }
}
