import type { FastifyRequest } from 'fastify'
import type { Method, ReceiverResponse, ReceiverRoute } from '../../ingest/receiver.ts'
import { identify } from './access.ts'
import type { HttpOptions } from './options.ts'

/** What hooks and error handlers of the server need to know of a receiver's route. */
export interface ReceiverRouteConfig {
  readonly receiver: string
  readonly refuse: ReceiverRoute['refuse'] | undefined
  readonly allowsOrigin: ((origin: string) => boolean) | undefined
}

/** Mounts a route; a handler that returns undefined leaves the request to whoever answers paths without a route. */
type Mount = (
  methods: readonly Method[],
  path: string,
  config: ReceiverRouteConfig,
  handle: (request: FastifyRequest) => Promise<ReceiverResponse | undefined>,
) => void

/** Mounts the routes of all receivers behind the token check. */
export function mountReceivers(options: HttpOptions, mount: Mount): void {
  for (const { name, routes } of options.receivers) {
    for (const route of routes) {
      const methods = typeof route.method === 'string' ? [route.method] : route.method
      const config = { receiver: name, refuse: route.refuse, allowsOrigin: route.allowsOrigin }
      mount(methods, route.path, config, async (request) => answer(request, route, options))
    }
  }
}

async function answer(
  request: FastifyRequest,
  route: ReceiverRoute,
  options: HttpOptions,
): Promise<ReceiverResponse | undefined> {
  const url = new URL(request.url, 'http://girok')
  const given = {
    method: request.method as Method,
    pathname: decodedPath(url.pathname),
    path: request.params as Record<string, string>,
    headers: request.headers,
    query: url.searchParams,
    remoteAddress: request.socket.remoteAddress ?? '',
  }
  if (route.applies?.(given) === false) return undefined
  return route.handle({ ...given, tenant: tenantOf(given.headers, given.query, route, options), body: bodyOf(request) })
}

function tenantOf(
  headers: FastifyRequest['headers'],
  query: URLSearchParams,
  route: ReceiverRoute,
  { tokens, defaultTenant }: HttpOptions,
): string {
  if (route.access === 'open' || route.access === 'own') return defaultTenant
  const token = route.token?.(headers, query)
  return identify(headers, 'ingest', tokens, defaultTenant, token === undefined ? {} : { token }).tenant
}

function decodedPath(pathname: string): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return pathname
  }
}

/** The body as it came; empty when there was none. */
export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
}
