import type { IncomingMessage, ServerResponse } from 'node:http'
import { headerOf, watchExchange } from './node-response.ts'
import type { RequestLogOptions } from './options.ts'
import { createRequestLog, type OpenRequest } from './request-log.ts'

type Listener<Q extends IncomingMessage, S extends ServerResponse> = (request: Q, response: S) => unknown

export interface NodeRequestLogOptions extends RequestLogOptions<IncomingMessage> {
  /** The pattern of the route of a request, where a router of your own knows it. Asked at the end. What it throws counts as none. */
  readonly route?: (request: IncomingMessage) => string | undefined
}

/**
 * Wraps a listener of node:http: `createServer(nodeRequestLog(listener))`. Works for node:http2 as well. What the listener
 * throws is recorded at once, with its stack, and thrown on: whether it ends the process is not changed.
 */
export function nodeRequestLog<Q extends IncomingMessage, S extends ServerResponse>(
  listener: Listener<Q, S>,
  options: NodeRequestLogOptions = {},
): Listener<Q, S> {
  const begin = createRequestLog(options)
  return (request, response) => {
    const open = begin({
      request,
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      remoteAddress: request.socket.remoteAddress,
      header: headerOf(request),
    })
    const route = () => routeOf(options, request)
    watchExchange({ request, response, route }, open)
    return open.run(() => {
      try {
        const result = listener(request, response)
        return isPromise(result) ? result.then(undefined, (error) => failNow(open, response, route, error)) : result
      } catch (error) {
        return failNow(open, response, route, error)
      }
    })
  }
}

/** What throws at the end of a response would end the process. */
function routeOf(options: NodeRequestLogOptions, request: IncomingMessage): string | undefined {
  try {
    return options.route?.(request)
  } catch {
    return undefined
  }
}

/** Not at the end of the response: the process may not live to see it. */
function failNow(open: OpenRequest, response: ServerResponse, route: () => string | undefined, error: unknown): never {
  open.fail(error)
  open.end({ route: route(), statusCode: 500, aborted: response.headersSent })
  throw error
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function'
}
