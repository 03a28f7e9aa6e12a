import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PromClient, PromRegistry } from '../domains/prom-client.ts'

export interface MetricsServerOptions {
  /** 0 for a free one. Default 8000. */
  readonly port?: number
  /** Default `0.0.0.0`, every interface, as Prometheus usually asks from another machine or container. */
  readonly host?: string
  /** Default: the default registry of prom-client. */
  readonly registry?: PromRegistry
}

export interface MetricsServer {
  readonly port: number
  close(): Promise<void>
}

/**
 * Serves `GET /metrics` for Prometheus on a port of its own. Does not keep the program running. Needs the package
 * prom-client, unless a registry is given.
 * @throws Error when the package is missing or the port is taken
 */
export async function startMetricsServer(options: MetricsServerOptions = {}): Promise<MetricsServer> {
  const registry = options.registry ?? (await defaultRegistry())
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/s, '')
    const answer = (status: number, type: string, body: string) => {
      response.writeHead(status, { 'content-type': type })
      response.end(request.method === 'HEAD' ? undefined : body)
    }
    if (path !== '/metrics') return answer(404, 'text/plain', 'metrics are at /metrics\n')
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'text/plain', 'use GET\n')
    registry.metrics().then(
      (text) => answer(200, registry.contentType, text),
      (error: Error) => answer(500, 'text/plain', `${error.message}\n`),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 8000, options.host ?? '0.0.0.0', () => {
      server.off('error', reject)
      resolve()
    })
  })
  server.unref()
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function defaultRegistry(): Promise<PromRegistry> {
  try {
    // By a variable: bundlers shall not look for what may not be there.
    const name = 'prom-client'
    const loaded = (await import(name)) as PromClient & { default?: PromClient }
    return (loaded.default ?? loaded).register
  } catch (error) {
    throw new Error('metrics need the package prom-client: npm install prom-client', { cause: error })
  }
}
