import type { IncomingMessage, ServerResponse } from 'node:http'
import { watchExchange } from './node-response.ts'
import type { RequestLogOptions } from './options.ts'
import { createRequestLog, type OpenRequest } from './request-log.ts'

/** What is used of a Hono context. */
export interface HonoContext {
  readonly req: {
    readonly method: string
    readonly url: string
    header(name: string): string | undefined
    readonly matchedRoutes: readonly { readonly path: string; readonly method: string }[]
  }
  readonly env: unknown
  res: Response
  readonly error: Error | undefined
  header(name: string, value: string): void
}

interface NodeBindings {
  readonly incoming?: IncomingMessage
  readonly outgoing?: ServerResponse
}

/**
 * Hono middleware: `app.use(honoRequestLog())`, before everything else. On Node (@hono/node-server) the request ends when
 * the response has been sent; elsewhere when its body has been read by the server.
 */
export function honoRequestLog<C extends HonoContext = HonoContext>(
  options: RequestLogOptions<C> = {},
): (context: C, next: () => Promise<void>) => Promise<void> {
  const begin = createRequestLog(options)
  return async (context, next) => {
    const { incoming, outgoing } = (context.env ?? {}) as NodeBindings
    const open = begin({
      request: context,
      method: context.req.method,
      url: pathAndQuery(context.req.url),
      remoteAddress: incoming?.socket.remoteAddress,
      header: (name) => context.req.header(name),
    })
    const onNode = incoming !== undefined && typeof outgoing?.setHeader === 'function'
    const route = () => routeOf(context)
    if (onNode) watchExchange({ request: incoming, response: outgoing, route }, open)
    await open.run(next)
    if (context.error !== undefined) open.fail(context.error)
    context.header(...open.header)
    if (!onNode) watchResponse(context, open)
  }
}

/** Passes the body on and counts it. */
function watchResponse(context: HonoContext, open: OpenRequest): void {
  const { res } = context
  const route = routeOf(context)
  const end = (responseBytes: number, aborted: boolean) =>
    open.end({ route, statusCode: res.status, responseBytes, aborted })
  if (res.body === null) {
    end(0, false)
    return
  }
  const reader = (res.body as ReadableStream<Uint8Array>).getReader()
  let bytes = 0
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await open.run(() => reader.read())
        if (done) {
          end(bytes, false)
          controller.close()
        } else {
          bytes += value.byteLength
          controller.enqueue(value)
        }
      } catch (error) {
        open.fail(error)
        end(bytes, true)
        controller.error(error)
      }
    },
    cancel(reason) {
      end(bytes, true)
      return reader.cancel(reason)
    },
  })
  context.res = new Response(body, res)
}

/** Of the handler; middleware that matched too stands before it in the list and has the method ALL. */
function routeOf({ req }: HonoContext): string | undefined {
  return req.matchedRoutes.findLast(({ method, path }) => method !== 'ALL' || !path.endsWith('*'))?.path
}

function pathAndQuery(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  return start === -1 ? '/' : url.slice(start)
}
