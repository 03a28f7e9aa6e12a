import { connect, type Socket } from 'node:net'
import type { AddressGuard } from './address-guard.ts'
import { readAnswer } from './answer.ts'
import { checkedAddresses, type Resolve, resolveBySystem } from './checked-addresses.ts'
import { bareHost, basicCredentials, ConnectionPool } from './connection-pool.ts'
import { connectionFailure } from './failure-text.ts'
import { type HttpOptions, httpOptions } from './http-options.ts'
import { OauthTokens } from './oauth-tokens.ts'
import { type Outgoing, type OutgoingAnswer, OutgoingError, type OutgoingRequest } from './outgoing.ts'
import { type Environment, proxyFor } from './proxy-choice.ts'
import { configuredHeaders, type Headers } from './request-headers.ts'
import { tlsSettings } from './tls-settings.ts'

export interface OutgoingSetup {
  /**
   * Undefined for what stands in configuration files, which may send anywhere, go through proxies and name files of
   * secrets. With a guard every address is checked before it is connected to, after redirects too.
   */
  readonly guard: AddressGuard | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Addresses of a host. Default: as the system finds them. */
  readonly lookup?: Resolve
  /** Where `proxy_from_environment` looks. Default: the process's. */
  readonly environment?: Environment
  /** The header User-Agent. */
  readonly userAgent?: string
}

/** An `Outgoing` that keeps connections; `close` ends those that are idle. */
export interface ClosableOutgoing extends Outgoing {
  close(): void
}

const MOST_REDIRECTS = 10
const DEFAULTS: HttpOptions = httpOptions.parse({})

/** What sends requests to far ends that users name, over Node's own HTTP. */
export function createOutgoing(setup: OutgoingSetup): ClosableOutgoing {
  const sender = new Sender(setup)
  return {
    request: (request) => sender.request(request),
    connect: (host, port, signal) => sender.connect(host, port, signal),
    close: () => sender.close(),
  }
}

/** A request on its way through redirects. */
interface Leg {
  readonly method: string
  readonly url: URL
  readonly body: string | Buffer | undefined
  readonly headers: Headers
}

class Sender {
  private readonly setup: OutgoingSetup
  private readonly pool = new ConnectionPool()
  private readonly tokens: OauthTokens

  constructor(setup: OutgoingSetup) {
    this.setup = setup
    this.tokens = new OauthTokens((request) => this.request(request), setup.now, setup.guard === undefined)
  }

  close(): void {
    this.pool.close()
  }

  async request(request: OutgoingRequest): Promise<OutgoingAnswer> {
    const { http = DEFAULTS, signal } = request
    signal.throwIfAborted()
    try {
      return await this.follow(request, http)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw error instanceof OutgoingError ? error : new OutgoingError(messageOf(error), true)
    }
  }

  private async follow(request: OutgoingRequest, http: HttpOptions): Promise<OutgoingAnswer> {
    const { signal } = request
    const first = readUrl(request.url)
    const secrets = await this.credentials(first, http, signal)
    const agent = { 'User-Agent': this.setup.userAgent ?? 'Girok' }
    let leg: Leg = {
      method: request.method,
      url: first,
      body: request.body,
      headers: { ...agent, ...request.headers, ...secrets },
    }
    for (let redirects = 0; ; redirects++) {
      const answer = await this.send(leg, http, signal)
      const { location } = answer.headers
      const isRedirect = [301, 302, 303, 307, 308].includes(answer.status) && location !== undefined
      if (!isRedirect || !http.follow_redirects) return answer
      if (redirects === MOST_REDIRECTS) throw new OutgoingError(`more than ${MOST_REDIRECTS} redirects`, false)
      leg = redirected(leg, answer.status, readUrl(location, leg.url), Object.keys(secrets))
    }
  }

  /** Headers that must not go to another host. */
  private async credentials(url: URL, http: HttpOptions, signal: AbortSignal): Promise<Headers> {
    let headers: Headers
    try {
      headers = await configuredHeaders(http, this.setup.guard === undefined, this.tokens, signal)
    } catch (error) {
      if (error instanceof OutgoingError || signal.aborted) throw error
      throw new OutgoingError((error as Error).message, false)
    }
    if (headers.Authorization !== undefined || url.username === '') return headers
    return { ...headers, Authorization: basicCredentials(decoded(url.username), decoded(url.password)) }
  }

  private async send(leg: Leg, http: HttpOptions, signal: AbortSignal): Promise<OutgoingAnswer> {
    const { guard, environment = process.env } = this.setup
    const proxy = guard === undefined ? proxyFor(leg.url, http, environment) : refuseProxy(http)
    const tls = await tlsSettings(http.tls_config, guard === undefined).catch((error: Error) => {
      throw new OutgoingError(error.message, false)
    })
    const lookup = proxy === undefined ? await this.checked(bareHost(leg.url)) : undefined
    signal.throwIfAborted()
    const message = await this.pool.send({
      ...leg,
      tls,
      lookup,
      proxy: proxy === undefined ? undefined : { url: proxy, connectHeaders: http.proxy_connect_header ?? {} },
      signal,
    })
    return readAnswer(message)
  }

  /** Over a socket of the caller's own. */
  async connect(host: string, port: number, signal: AbortSignal): Promise<Socket> {
    try {
      signal.throwIfAborted()
      const lookup = await this.checked(host)
      signal.throwIfAborted()
      return await opened(connect({ host, port, ...(lookup === undefined ? {} : { lookup }) }), signal)
    } catch (error) {
      if (error instanceof OutgoingError) throw error
      throw new OutgoingError(signal.aborted ? 'the time for the connection is over' : messageOf(error), true)
    }
  }

  private checked(host: string) {
    return checkedAddresses(host, this.setup.guard, this.setup.lookup ?? resolveBySystem)
  }
}

function opened(socket: Socket, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const giveUp = () => socket.destroy(new Error('aborted'))
    signal.addEventListener('abort', giveUp, { once: true })
    socket.once('error', reject)
    socket.once('close', () => signal.removeEventListener('abort', giveUp))
    socket.once('connect', () => {
      signal.removeEventListener('abort', giveUp)
      socket.removeListener('error', reject)
      resolve(socket)
    })
  })
}

function refuseProxy(http: HttpOptions): undefined {
  if (!http.proxy_url && !http.proxy_from_environment) return undefined
  throw new OutgoingError('proxies can only be set in a configuration file', false)
}

/** Credentials stay with the host that they are for; all but 307 and 308 make a GET of a POST, as browsers do. */
function redirected(leg: Leg, status: number, url: URL, secretNames: readonly string[]): Leg {
  const keepsMethod = status === 307 || status === 308
  const staysHere = url.origin === leg.url.origin
  const dropped = new Set(
    [...(staysHere ? [] : [...secretNames, 'Authorization', 'Cookie']), ...(keepsMethod ? [] : ['Content-Type'])].map(
      (name) => name.toLowerCase(),
    ),
  )
  return {
    method: keepsMethod ? leg.method : 'GET',
    url,
    body: keepsMethod ? leg.body : undefined,
    headers: Object.fromEntries(Object.entries(leg.headers).filter(([name]) => !dropped.has(name.toLowerCase()))),
  }
}

function readUrl(text: string, base?: URL): URL {
  let url: URL
  try {
    url = new URL(text, base)
  } catch {
    throw new OutgoingError('the address is none: write it as https://host/path', false)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new OutgoingError('the address must begin with http:// or https://', false)
  }
  return url
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function messageOf(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code.startsWith('PROXY_')) return `the proxy answered with status ${code.slice(6)}`
  if (code.startsWith('ERR_INVALID_CHAR') || code === 'ERR_HTTP_INVALID_HEADER_VALUE')
    return 'a header has a character that cannot be sent'
  return connectionFailure(error)
}
