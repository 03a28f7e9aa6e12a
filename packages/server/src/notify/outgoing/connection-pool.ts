import { createHash } from 'node:crypto'
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest, Agent as TlsAgent } from 'node:https'
import type { LookupFunction } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'

export interface Exchange {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Buffer | undefined
  readonly tls: ConnectionOptions
  readonly lookup: LookupFunction | undefined
  readonly proxy:
    | { readonly url: URL; readonly connectHeaders: Readonly<Record<string, readonly string[]>> }
    | undefined
  readonly signal: AbortSignal
}

const MOST_AGENTS = 50
const IDLE_MS = 30_000
/** A far end that says nothing for so long is given up, whatever the caller's limits are. */
const SILENCE_MS = 60_000

/** Sends requests over connections that it keeps for the next ones. */
export class ConnectionPool {
  private readonly agents = new Map<string, Agent | TlsAgent>()

  /** Resolves with the answer's head. Rejects with what Node says. */
  async send(exchange: Exchange): Promise<IncomingMessage> {
    const { url, proxy } = exchange
    if (proxy === undefined) return this.perform(exchange, url, this.agentOf(url, exchange.tls))
    if (url.protocol === 'http:') return this.throughProxy(exchange, proxy.url)
    const agent = await this.tunnelled(exchange, proxy)
    try {
      return await this.perform(exchange, url, agent)
    } catch (error) {
      agent.destroy()
      throw error
    }
  }

  close(): void {
    for (const agent of this.agents.values()) agent.destroy()
    this.agents.clear()
  }

  private perform(exchange: Exchange, url: URL, agent: Agent | TlsAgent): Promise<IncomingMessage> {
    const { method, headers, body, lookup, signal } = exchange
    const make = url.protocol === 'https:' ? httpsRequest : httpRequest
    const request = make({
      method,
      host: bareHost(url),
      port: portOf(url),
      path: `${url.pathname}${url.search}`,
      headers: {
        Host: url.host,
        ...headers,
        ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
      },
      agent,
      signal,
      timeout: SILENCE_MS,
      ...(lookup === undefined ? {} : { lookup }),
    })
    return answered(request, body)
  }

  /** To a proxy that makes the request itself. */
  private throughProxy(exchange: Exchange, proxy: URL): Promise<IncomingMessage> {
    const { method, url, headers, body, signal } = exchange
    const make = proxy.protocol === 'https:' ? httpsRequest : httpRequest
    const request = make({
      method,
      host: bareHost(proxy),
      port: portOf(proxy),
      path: url.href.replace(/#.*$/s, ''),
      headers: {
        Host: url.host,
        ...headers,
        ...proxyAuthorization(proxy),
        ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
      },
      agent: this.agentOf(proxy, exchange.tls),
      signal,
      timeout: SILENCE_MS,
    })
    return answered(request, body)
  }

  /** An agent for one request over a tunnel through the proxy. */
  private async tunnelled({ url, tls, signal }: Exchange, proxy: NonNullable<Exchange['proxy']>): Promise<TlsAgent> {
    const make = proxy.url.protocol === 'https:' ? httpsRequest : httpRequest
    const authority = `${url.hostname}:${portOf(url)}`
    const request = make({
      method: 'CONNECT',
      host: bareHost(proxy.url),
      port: portOf(proxy.url),
      path: authority,
      headers: { Host: authority, ...proxyAuthorization(proxy.url), ...proxy.connectHeaders },
      agent: false,
      signal,
      timeout: SILENCE_MS,
      ...(proxy.url.protocol === 'https:' ? tls : {}),
    })
    const socket = await new Promise<import('node:stream').Duplex>((resolve, reject) => {
      request.once('connect', (answer, opened) => {
        if (answer.statusCode === 200) resolve(opened)
        else {
          opened.destroy()
          reject(Object.assign(new Error('proxy'), { code: `PROXY_${answer.statusCode}` }))
        }
      })
      endOnFailure(request, reject)
      request.end()
    })
    const agent = new TlsAgent({ keepAlive: false })
    const servername = tls.servername ?? bareHost(url)
    agent.createConnection = () => connectTls({ ...tls, socket: socket as import('node:net').Socket, servername })
    return agent
  }

  private agentOf(url: URL, tls: ConnectionOptions): Agent | TlsAgent {
    const secure = url.protocol === 'https:'
    const key = secure ? createHash('sha256').update(JSON.stringify(tls)).digest('base64') : ''
    let agent = this.agents.get(key)
    if (agent === undefined) {
      if (this.agents.size >= MOST_AGENTS) this.close()
      const keeping = { keepAlive: true, keepAliveMsecs: IDLE_MS, maxFreeSockets: 4, timeout: SILENCE_MS }
      agent = secure ? new TlsAgent({ ...keeping, ...tls }) : new Agent(keeping)
      this.agents.set(key, agent)
    }
    return agent
  }
}

function answered(request: ClientRequest, body: string | Buffer | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    endOnFailure(request, reject)
    request.end(body)
  })
}

function endOnFailure(request: ClientRequest, reject: (error: unknown) => void): void {
  // Stays on: what fails after the answer shows in reading it.
  request.on('error', reject)
  request.once('timeout', () => request.destroy(Object.assign(new Error('silence'), { code: 'ETIMEDOUT' })))
}

export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
}

function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {}
  return {
    'Proxy-Authorization': basicCredentials(decodeURIComponent(proxy.username), decodeURIComponent(proxy.password)),
  }
}

export function basicCredentials(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}
