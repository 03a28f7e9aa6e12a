import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import type { Response as ExpressResponse } from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { type Logger, setContext } from '../../index.ts'
import { expressErrorLog, expressRequestLog, fastifyRequestLog, honoRequestLog, nodeRequestLog } from '../index.ts'
import type { RequestLogOptions } from '../options.ts'

// The tests run under the condition `import`, which makes require() of is-promise give its ES module, no function.
const require = createRequire(createRequire(createRequire(import.meta.url).resolve('express')).resolve('router'))
const isPromise = require.resolve('is-promise')
require(isPromise.replace(/index\.mjs$/, 'index.js'))
require.cache[isPromise] = require.cache[isPromise.replace(/index\.mjs$/, 'index.js')]
const { default: express } = await import('express')

export interface Running {
  readonly port: number
  readonly close: () => Promise<unknown>
}

/** Starts a server with the same routes in each framework; `log` is what the handlers log to. */
export type Start = (options: RequestLogOptions<never>, log: Logger) => Promise<Running>

async function* threeParts(log: Logger) {
  for (let part = 1; part <= 3; part++) {
    await sleep(2)
    log.info('part', { part })
    yield Buffer.alloc(1000, 'x')
  }
}

export const FRAMEWORKS: Record<string, Start> = {
  async 'node:http'(options, log) {
    const server = createServer(
      nodeRequestLog(
        (request, response) => {
          const path = (request.url ?? '').split('?')[0] as string
          if (path.startsWith('/hello/')) {
            return void sleep(1).then(() => {
              log.info('inside')
              response.end(`hello ${path.slice(7)}`)
            })
          }
          if (path === '/echo') {
            let bytes = 0
            request.on('data', (part: Buffer) => {
              bytes += part.length
            })
            request.on('end', () => {
              log.info('body read')
              response.end(String(bytes))
            })
            return
          }
          if (path === '/stream') return void Readable.from(threeParts(log)).pipe(response)
          if (path === '/health') return void response.end('ok')
          if (path === '/hang') return void setContext({ hangs: true })
          response.statusCode = path === '/bad' ? 400 : 404
          response.end('no')
        },
        { ...(options as object), route: ({ url }) => (url?.startsWith('/hello/') ? '/hello/:name' : undefined) },
      ),
    )
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return { port: (server.address() as AddressInfo).port, close: () => closed(server) }
  },

  async express(options, log) {
    const app = express()
    app.use(expressRequestLog(options as object))
    app.use(express.json())
    app.get('/hello/:name', async (request, response) => {
      await sleep(1)
      log.info('inside')
      response.send(`hello ${request.params.name}`)
    })
    app.post('/echo', (request, response) => {
      log.info('body read')
      response.send(String(JSON.stringify(request.body).length))
    })
    app.get('/stream', (_request, response) => void Readable.from(threeParts(log)).pipe(response))
    app.get('/health', (_request, response) => void response.send('ok'))
    app.get('/hang', () => {})
    app.get('/bad', (_request, response) => void response.status(400).send('no'))
    const shop = express.Router()
    shop.get('/fail', async () => {
      await sleep(1)
      throw new Error('broken')
    })
    app.use(shop)
    app.use(expressErrorLog())
    app.use((error: Error, _request: unknown, response: ExpressResponse, _next: unknown) => {
      response.status(500).send(error.message)
    })
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { port: (server.address() as AddressInfo).port, close: () => closed(server) }
  },

  async fastify(options, log) {
    const app = fastify({ forceCloseConnections: true })
    app.register(fastifyRequestLog, options as object)
    app.get('/hello/:name', async (request) => {
      await sleep(1)
      log.info('inside')
      return `hello ${(request.params as { name: string }).name}`
    })
    app.post('/echo', async (request) => {
      log.info('body read')
      return String(JSON.stringify(request.body).length)
    })
    app.get('/stream', async (_request, reply) => reply.send(Readable.from(threeParts(log))))
    app.get('/health', async () => 'ok')
    app.get('/hang', () => {})
    app.get('/bad', async (_request, reply) => reply.code(400).send('no'))
    app.get('/fail', async () => {
      await sleep(1)
      throw new Error('broken')
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: (app.server.address() as AddressInfo).port, close: () => app.close() }
  },

  async hono(options, log) {
    const app = new Hono()
    app.use(honoRequestLog(options as object))
    app.get('/hello/:name', async (c) => {
      await sleep(1)
      log.info('inside')
      return c.text(`hello ${c.req.param('name')}`)
    })
    app.post('/echo', async (c) => {
      const body = await c.req.json()
      log.info('body read')
      return c.text(String(JSON.stringify(body).length))
    })
    app.get('/stream', () => new Response(Readable.toWeb(Readable.from(threeParts(log))) as ReadableStream))
    app.get('/health', (c) => c.text('ok'))
    app.get('/hang', () => new Promise<Response>(() => {}))
    app.get('/bad', (c) => c.text('no', 400))
    app.get('/fail', async () => {
      await sleep(1)
      throw new Error('broken')
    })
    app.onError((error, c) => c.text(error.message, 500))
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
    await once(server, 'listening')
    return { port: (server.address() as AddressInfo).port, close: () => closed(server as never) }
  },
}

function closed(server: { close(done: () => void): unknown; closeAllConnections(): void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
}
