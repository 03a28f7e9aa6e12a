import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigProblem } from '../model/problem.ts'

type Answer = () => string | Promise<string>

/** A path of the status server: `get`, and `post` for what changes something, give the body. */
export interface StatusPath {
  readonly contentType?: string
  readonly get?: Answer
  readonly post?: Answer
}

export interface StatusServer {
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves status and metrics. Requests by other host names than the one it listens on are refused, so that no web page can
 * read them by a name of its own that leads here.
 * @throws ConfigProblem when the port is taken
 */
export async function startStatusServer(
  { host, port }: { readonly host: string; readonly port: number },
  paths: Readonly<Record<string, StatusPath>>,
): Promise<StatusServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    void answer(request, response, host, paths)
  })
  server.maxConnections = 50
  await new Promise<void>((listening, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken =
        error.code === 'EADDRINUSE' ? `port ${port} is taken: choose another status.port, or 0` : error.message
      failed(new ConfigProblem(`cannot serve the status at ${host}:${port}: ${taken}`))
    })
    server.listen(port, host, listening)
  })
  const bound = server.address() as AddressInfo
  return {
    url: `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  listenHost: string,
  paths: Readonly<Record<string, StatusPath>>,
): Promise<void> {
  request.resume()
  const name = (request.url ?? '/').split('?')[0] ?? '/'
  const path = Object.hasOwn(paths, name) ? paths[name] : undefined
  if (!isKnownHost(request.headers.host, listenHost)) {
    return send(response, 403, `the name ${request.headers.host} is not this agent's: ask by its address\n`)
  }
  if (path === undefined) return send(response, 404, `there are ${Object.keys(paths).join(', ')}\n`)
  const answering =
    request.method === 'POST' ? path.post : request.method === 'GET' || request.method === 'HEAD' ? path.get : undefined
  if (answering === undefined) {
    const allowed = [...(path.get ? ['GET'] : []), ...(path.post ? ['POST'] : [])].join(', ')
    response.setHeader('allow', allowed)
    return send(response, 405, `${name} is for ${allowed}\n`)
  }
  // A page of another site may send a plain POST, but not without telling where it comes from.
  if (request.method === 'POST' && request.headers.origin !== undefined) {
    return send(response, 403, 'requests of web pages are refused\n')
  }
  try {
    send(response, 200, await answering(), path.contentType)
  } catch (error) {
    send(response, error instanceof ConfigProblem ? 400 : 500, `${error instanceof Error ? error.message : error}\n`)
  }
}

function send(response: ServerResponse, status: number, body: string, contentType = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': contentType, 'x-content-type-options': 'nosniff' })
  response.end(body)
}

function isKnownHost(header: string | undefined, listenHost: string): boolean {
  const host = (header ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  if (/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host) || host === listenHost) return true
  // Beyond loopback a collector knows the host by names that nobody can list; addresses are safe from rebinding.
  return listenHost !== '127.0.0.1' && listenHost !== 'localhost' && listenHost !== '::1'
}
