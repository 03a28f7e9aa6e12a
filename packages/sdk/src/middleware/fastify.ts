import type { IncomingMessage, ServerResponse } from 'node:http'
import { headerOf, watchExchange } from './node-response.ts'
import type { RequestLogOptions } from './options.ts'
import { createRequestLog, type OpenRequest } from './request-log.ts'

/** What is used of a Fastify request. */
export interface FastifyRequestLike {
  id: unknown
  readonly raw: IncomingMessage
  readonly url: string
  readonly method: string
  readonly originalUrl?: string
  readonly routeOptions?: { readonly url?: string | undefined } | undefined
}

interface FastifyReplyLike {
  readonly raw: ServerResponse
}

type Done = () => void

interface FastifyLike {
  addHook(name: string, hook: (...args: never[]) => void): unknown
}

type Plugin = (fastify: object, options: RequestLogOptions<FastifyRequestLike>, done: Done) => void

const openRequests = new WeakMap<object, OpenRequest>()

function plugin(instance: object, options: RequestLogOptions<FastifyRequestLike>, done: Done): void {
  // Fastify's own type of addHook is an overload for each hook, which no smaller type stands for.
  const fastify = instance as FastifyLike
  const begin = createRequestLog(options)
  fastify.addHook('onRequest', (request: FastifyRequestLike, reply: FastifyReplyLike, next: Done) => {
    const open = begin({
      request,
      method: request.method,
      url: request.originalUrl ?? request.url,
      remoteAddress: request.raw.socket.remoteAddress,
      header: headerOf(request.raw),
    })
    request.id = open.requestId
    openRequests.set(request, open)
    watchExchange({ request: request.raw, response: reply.raw, route: () => request.routeOptions?.url }, open)
    open.run(next)
  })
  fastify.addHook('preHandler', (request: FastifyRequestLike, _reply: unknown, next: Done) => {
    const open = openRequests.get(request)
    if (open === undefined) return next()
    // What other hooks added to the context stays in it; Fastify carries it over the parsing of the body.
    open.adopt()
    open.identify()
    open.enter(next)
  })
  fastify.addHook('onError', (request: FastifyRequestLike, _reply: unknown, error: Error, next: Done) => {
    openRequests.get(request)?.fail(error)
    next()
  })
  done()
}

/**
 * Fastify plugin: `app.register(fastifyRequestLog, options)`, before other plugins and routes. It is for the whole
 * application, not only for the plugin it is registered in. `user` is asked again before the handler, when authentication
 * hooks have run. With it Fastify's own two lines per request are best turned off: `disableRequestLogging: true`.
 */
export const fastifyRequestLog: Plugin = Object.assign(plugin, {
  // Fastify's ways of saying that a plugin is not encapsulated, and its name.
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'girok-request-log',
})
