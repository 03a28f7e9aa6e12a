// Deno has no global of this name.
import { Buffer } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OpenRequest } from './request-log.ts'

type Emit = (event: string | symbol, ...args: unknown[]) => boolean
type Write = (...args: unknown[]) => unknown

/** A request and response of node:http, or of node:http2 in the form of node:http. */
interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Asked at the end, when the router has run. */
  readonly route: () => string | undefined
}

/**
 * Puts the id on the response, counts its body, and tells of the end, whichever way it comes. Listeners of the request and
 * the response run in the request's context: bodies arrive from outside of it.
 */
export function watchExchange({ request, response, route }: Exchange, open: OpenRequest): void {
  response.setHeader(...open.header)
  const count = countBody(response)
  keepContext(request, open)
  keepContext(response, open)
  let finished = false
  response.once('finish', () => {
    finished = true
    open.end({ route: route(), statusCode: response.statusCode, responseBytes: count() })
  })
  response.once('close', () => {
    if (finished) return
    const { errored } = response
    if (errored && !isDisconnect(errored)) open.fail(errored)
    open.end({ route: route(), statusCode: response.statusCode, aborted: true, responseBytes: count() })
  })
}

function keepContext(emitter: { emit: unknown }, open: OpenRequest): void {
  const emit = emitter.emit as Emit
  emitter.emit = function (this: unknown, ...args: Parameters<Emit>) {
    return open.run(() => emit.apply(this, args))
  }
}

function countBody(response: ServerResponse): () => number {
  let bytes = 0
  // The end of an HTTP/2 response writes its last part by `write`, that of an HTTP/1 response does not.
  let ending = false
  for (const name of ['write', 'end'] as const) {
    const original = response[name] as unknown as Write
    ;(response as unknown as Record<string, Write>)[name] = function (this: unknown, ...args) {
      if (!ending) bytes += sizeOf(args[0], args[1])
      if (name === 'write') return original.apply(this, args)
      ending = true
      return original.apply(this, args)
    }
  }
  return () => bytes
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') {
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  }
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0
}

function isDisconnect(error: Error): boolean {
  const { code } = error as { code?: string }
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE'
}

/** A header as one text. */
export function headerOf(request: IncomingMessage): (name: string) => string | undefined {
  return (name) => {
    const value = request.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
}
