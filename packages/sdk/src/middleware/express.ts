import type { IncomingMessage, ServerResponse } from 'node:http'
import { headerOf, watchExchange } from './node-response.ts'
import type { RequestLogOptions } from './options.ts'
import { createRequestLog, type OpenRequest } from './request-log.ts'

/** What is used of an Express request. */
export interface ExpressRequest extends IncomingMessage {
  originalUrl?: string
  baseUrl?: string
  route?: { readonly path?: unknown } | undefined
  /** Set to the request id. */
  id?: unknown
}

type Next = (error?: unknown) => void

const openRequests = new WeakMap<object, OpenRequest>()

/**
 * Express middleware: `app.use(expressRequestLog())`, before everything else. Put expressErrorLog after the routes, so that
 * the record of a failed request has its error. A user known after authentication is put into the context there, by
 * `setContext({ user_id })`.
 */
export function expressRequestLog<R extends ExpressRequest = ExpressRequest>(
  options: RequestLogOptions<R> = {},
): (request: R, response: ServerResponse, next: Next) => void {
  const begin = createRequestLog(options)
  return (request, response, next) => {
    const open = begin({
      request,
      method: request.method ?? 'GET',
      url: request.originalUrl ?? request.url ?? '/',
      remoteAddress: request.socket.remoteAddress,
      header: headerOf(request),
    })
    request.id = open.requestId
    openRequests.set(request, open)
    watchExchange({ request, response, route: () => routeOf(request) }, open)
    open.run(() => next())
  }
}

/**
 * Express error handler that notes the error of a request for its record and passes it on: after all routes, before error
 * handlers of your own.
 */
export function expressErrorLog(): (
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  next: Next,
) => void {
  return (error, request, _response, next) => {
    openRequests.get(request)?.fail(error)
    next(error)
  }
}

/** Where the router is mounted and the pattern in it. */
function routeOf({ route, baseUrl = '' }: ExpressRequest): string | undefined {
  const path = route?.path
  return typeof path === 'string' || path instanceof RegExp ? `${baseUrl}${path}` : undefined
}
