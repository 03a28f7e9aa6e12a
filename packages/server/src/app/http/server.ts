import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { ApiResponse, Route } from '../../api/route.ts'
import { GirokError } from '../../model/errors.ts'
import { type Caller, identify } from './access.ts'
import { createBodyReader } from './body.ts'
import { singleHeader } from './header.ts'
import type { HttpOptions } from './options.ts'
import { bodyOf, mountReceivers, type ReceiverRouteConfig } from './receivers.ts'
import { type ErrorForm, errorResponse, userError } from './reply.ts'
import { answerUnreadable } from './unreadable.ts'
import type { WebFiles } from './web-files.ts'
import { acceptWebsockets } from './websockets.ts'

export interface HttpServer {
  readonly url: string
  readonly port: number
  /** Takes no new requests, lets running ones end (websockets are closed), resolves when all is quiet. */
  close(): Promise<void>
}

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

const REQUEST_TIMEOUT_MS = 120_000
/** Bodies of all requests that are being received or handled. */
const HELD_BODIES_BYTES = 128 * 1024 * 1024

/** Mounts receivers, routes, websockets and the web app behind the checks of host, origin, token and tenant. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { basePath } = options
  const common = {
    logger: false,
    // The reader of bodies has the limits; this one would only cut below them.
    bodyLimit: Number.MAX_SAFE_INTEGER,
    // For a whole request with its body: who dribbles bytes is not waited for.
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle' as const,
    routerOptions: { maxParamLength: 2_048 },
    clientErrorHandler: answerUnreadable,
    // An address that cannot be decoded, before there is a route.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      void send(reply.headers(SECURITY_HEADERS), errorResponse(error, formOfPath(request.url), options.report)),
    rewriteUrl: (request: IncomingMessage) => stripBasePath(request.url ?? '/', basePath),
  }
  const app = (options.tls
    ? Fastify({ ...common, https: readTls(options.tls) })
    : Fastify(common)) as unknown as FastifyInstance
  app.removeAllContentTypeParsers()
  const bodies = createBodyReader(options.maxBodyBytes, Math.max(HELD_BODIES_BYTES, 2 * options.maxBodyBytes))
  app.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) => bodies.read(request, payload))

  app.addHook('onRequest', async (request, reply) => {
    reply.raw.once('close', () => bodies.release(request))
    reply.headers(SECURITY_HEADERS)
    options.policy.checkHost(request.headers.host)
    if (request.method === 'GET' || request.method === 'HEAD') return
    const { allowsOrigin, receiver } = request.routeOptions.config as RouteConfig
    const origin = singleHeader(request.headers.origin)
    if (origin !== undefined && allowsOrigin?.(origin)) return
    options.policy.checkOrigin(request.headers, allowsOrigin && `receivers.${receiver}.origins`)
  })
  app.addHook('onResponse', async (request, reply) => {
    const { receiver } = request.routeOptions.config as RouteConfig
    options.answered({ route: request.routeOptions.url, receiver, seconds: reply.elapsedTime / 1_000 })
    if (reply.statusCode >= 400) options.refused(request.routeOptions.url ?? 'none', reply.statusCode)
  })
  app.setErrorHandler((error, request, reply) => {
    const { receiver, refuse } = request.routeOptions.config as RouteConfig
    const response = errorResponse(error, errorForm(request), options.report)
    if (response.status === 413) reply.header('connection', 'close')
    const told = userError(error)
    if (told && receiver) options.refusedEarly(receiver, told)
    return send(reply, told && refuse ? refuse(told, request.headers) : response)
  })

  const methods = new Map<string, Set<string>>()
  const mount = (names: readonly string[], path: string, config: RouteConfig, handle: Handle) => {
    app.route({ method: [...names], url: path, config, handler: handle })
    const known = methods.get(path) ?? new Set()
    for (const name of names) known.add(name)
    methods.set(path, known)
  }
  mountReceivers(options, (names, path, config, handle) =>
    mount(names, path, { errors: formOfPath(path), ...config }, async (request, reply) => {
      // `/:index` is every name but those that have a meaning of their own: who PUTs to /ingest must not get an index.
      const isTaken = path.includes('/:') && methods.has(pathOf(request))
      const response = isTaken ? undefined : await handle(request)
      if (response !== undefined) return send(reply, response)
      reply.callNotFound()
      return reply
    }),
  )
  for (const route of options.routes) {
    mount(route.methods, route.path, { errors: route.errors }, async (request, reply) => {
      const manyTenants = options.multiTenant && route.manyTenants === true
      const caller = identify(request.headers, route.scope, options.tokens, options.defaultTenant, { manyTenants })
      return send(reply, await route.handle(apiRequest(request, reply, caller)))
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request)
    const file = request.method === 'GET' || request.method === 'HEAD' ? webFile(path, request, options.web) : undefined
    if (file) {
      if (request.headers['if-none-match'] === file.headers?.etag && file.headers?.etag !== undefined) {
        return reply.code(304).headers(file.headers).send()
      }
      return send(reply, file)
    }
    const form = formOfPath(path)
    const allowed = [...(methods.get(path) ?? methodsOfPattern(methods, path) ?? [])]
    // A route for the method may be there and not apply to the request.
    if (allowed.length === 0 || allowed.includes(request.method)) {
      const what = allowed.length === 0 ? 'nothing at' : `nothing that answers this ${request.method} at`
      return send(reply, errorResponse(new GirokError('not_found', `there is ${what} ${path}`), form, options.report))
    }
    const message = `${path} takes ${allowed.join(' and ')}, not ${request.method}`
    reply.header('allow', allowed.join(', '))
    return send(reply, errorResponse(new GirokError('method_not_allowed', message), form, options.report))
  })

  const sockets = acceptWebsockets(app.server as Server, options)
  try {
    await app.listen({ host: options.host, port: options.port })
  } catch (error) {
    throw listenError(error, options)
  }
  const { port } = app.server.address() as AddressInfo
  const shownHost = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `${options.tls ? 'https' : 'http'}://${shownHost}:${port}${basePath}`,
    port,
    async close() {
      sockets.closeAll()
      const cutOff = setTimeout(() => app.server.closeAllConnections(), options.shutdownTimeoutMs)
      await app.close()
      clearTimeout(cutOff)
    },
  }
}

type Handle = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

interface RouteConfig extends Partial<ReceiverRouteConfig> {
  readonly errors?: ErrorForm
}

function errorForm(request: FastifyRequest): ErrorForm {
  return (request.routeOptions.config as RouteConfig).errors ?? formOfPath(request.url)
}

/** Paths of Loki's API answer in plain text, those of Prometheus' in its own JSON. */
function formOfPath(path: string): ErrorForm {
  if (path.startsWith('/loki/') || path.startsWith('/api/prom/')) return 'text'
  return path.startsWith('/api/v1/') || path.startsWith('/prometheus/') ? 'prometheus' : 'json'
}

/** Methods of a path whose route has names in it; `/:index`, which every path of one part fits, aside. */
function methodsOfPattern(methods: ReadonlyMap<string, Set<string>>, path: string): Set<string> | undefined {
  const parts = path.split('/')
  const fits = (pattern: string) => {
    const names = pattern.split('/')
    return (
      names.length === parts.length && names.every((name, i) => (name.startsWith(':') && i > 1) || name === parts[i])
    )
  }
  for (const [pattern, found] of methods) if (pattern.includes('/:') && fits(pattern)) return found
  return undefined
}

/** As it was asked for, without the query. */
function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? '/'
}

function stripBasePath(url: string, basePath: string): string {
  if (basePath === '' || !url.startsWith(basePath)) return url
  const rest = url.slice(basePath.length)
  if (rest === '' || rest.startsWith('?')) return `/${rest}`
  return rest.startsWith('/') ? rest : url
}

function apiRequest(request: FastifyRequest, reply: FastifyReply, caller: Caller): Parameters<Route['handle']>[0] {
  const params = new URL(request.url, 'http://girok').searchParams
  const body = bodyOf(request)
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  const gone = new AbortController()
  reply.raw.on('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  return {
    tenant: caller.tenant,
    scopes: caller.scopes,
    params: isForm ? new URLSearchParams([...new URLSearchParams(body.toString('utf8')), ...params]) : params,
    path: request.params as Record<string, string>,
    headers: request.headers,
    body,
    signal: gone.signal,
  }
}

function send(reply: FastifyReply, response: ApiResponse): FastifyReply {
  reply.code(response.status).headers({ ...response.headers })
  const { body } = response
  if (body === undefined) return reply.send()
  if (typeof body === 'string' || Buffer.isBuffer(body)) return reply.send(body)
  return reply.send(Readable.from(body, { objectMode: false }))
}

/** An asset, or the page for any path that a browser opens. */
function webFile(path: string, request: FastifyRequest, web: WebFiles | undefined): ApiResponse | undefined {
  if (!web) return undefined
  const asset = web.asset(path, request.headers['accept-encoding'] ?? '')
  if (asset) return { status: 200, ...asset }
  const isPage = request.headers.accept?.includes('text/html') && !/^\/(loki|girok|api|prometheus|assets)\//.test(path)
  return isPage || path === '/' ? { status: 200, ...web.page() } : undefined
}

function readTls(tls: { readonly cert: string; readonly key: string }): { cert: Buffer; key: Buffer } {
  const read = (path: string, key: string) => {
    try {
      return readFileSync(path)
    } catch (cause) {
      throw new GirokError('internal', `cannot read server.tls.${key} (${path}): ${(cause as Error).message}`, {
        cause,
      })
    }
  }
  return { cert: read(tls.cert, 'cert'), key: read(tls.key, 'key') }
}

function listenError(error: unknown, { host, port }: HttpOptions): unknown {
  const { code } = error as NodeJS.ErrnoException
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} on ${host} is taken: stop the program that has it, or choose another with --port`,
    EACCES: `this user may not listen on port ${port}: choose a port above 1023 with --port`,
    EADDRNOTAVAIL: `this machine has no address ${host}: set server.host to one that it has`,
  }
  const reason = code === undefined ? undefined : reasons[code]
  return reason === undefined ? error : new GirokError('internal', reason, { cause: error })
}
