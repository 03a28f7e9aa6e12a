import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { metricsEndpoint } from '../domains/api-metrics.ts'
import type { PromClient, PromRegistry } from '../domains/prom-client.ts'

export interface MetricsServerOptions {
  /** 0 for a free one. Default 8000. */
  readonly port?: number | undefined
  /** Default `0.0.0.0`, every interface, as Prometheus usually asks from another machine or container. */
  readonly host?: string | undefined
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
  const metrics = metricsEndpoint(registry)
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/s, '')
    if (path === '/metrics' && (request.method === 'GET' || request.method === 'HEAD')) {
      void metrics(request, response)
      return
    }
    response.writeHead(path === '/metrics' ? 405 : 404, { 'content-type': 'text/plain' })
    response.end('metrics are at GET /metrics\n')
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
    const loaded: PromClient & { default?: PromClient } = await import('prom-client')
    return (loaded.default ?? loaded).register
  } catch (error) {
    throw new Error('metrics need the package prom-client: npm install prom-client', { cause: error })
  }
}
