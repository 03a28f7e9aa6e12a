import { Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { authorization, type HttpAccess, tlsOptions } from './http-access.ts'

/** Bytes of an answer that are kept, and those above which the connection is given up. */
const KEPT_BYTES = 16 * 1024
const MOST_BYTES = 1024 * 1024
/** Files of certificates are looked at again so often. */
const TLS_AGE_MS = 600_000

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Its first 16 KiB. */
  readonly body: Buffer
}

export interface HttpPost {
  /** Behind the URL of the destination. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly signal: AbortSignal
}

/** Sends requests to one server, one at a time, over a connection that is kept. */
export class HttpClient {
  /** Where requests go, without credentials and without a slash at its end. */
  readonly url: string
  readonly #access: HttpAccess
  readonly #authorization: () => Promise<Record<string, string>>
  readonly #target: URL
  readonly #now: () => number
  #agent: Agent | undefined
  #agentMs = 0

  /** `suffix`: a path that users may have written at the end of the URL though it is added here. Throws ConfigProblem. */
  constructor(access: HttpAccess, { now, suffix = '' }: { readonly now: () => number; readonly suffix?: string }) {
    this.#access = access
    this.#now = now
    this.#authorization = authorization(access)
    const target = new URL(access.url)
    target.username = ''
    target.password = ''
    target.hash = ''
    target.pathname = target.pathname.replace(/\/+$/, '')
    if (suffix !== '' && target.pathname.endsWith(suffix)) target.pathname = target.pathname.slice(0, -suffix.length)
    this.#target = target
    this.url = target.href.replace(/\/$/, '')
    // Told at the start rather than at the first request.
    if (target.protocol === 'https:') tlsOptions(access)
  }

  /** Rejects with an Error in words for users when there is no whole answer in time. */
  async post(post: HttpPost): Promise<HttpAnswer> {
    try {
      return await this.#post(post)
    } catch (error) {
      // The server gave up the connection that was kept while the request was on its way.
      if (error instanceof StaleConnection && !post.signal.aborted) return this.#post(post)
      throw error
    }
  }

  close(): void {
    this.#agent?.destroy()
    this.#agent = undefined
  }

  async #post({ path, headers, body, signal }: HttpPost): Promise<HttpAnswer> {
    const { hostname, port, protocol, pathname, search } = this.#target
    const isTls = protocol === 'https:'
    const who = await this.#authorization()
    // TLS takes memory: it is loaded by those who use it.
    const { request: send, agent } = isTls ? await this.#tls() : { request, agent: this.#plain() }
    const outgoing = send({
      agent,
      method: 'POST',
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? undefined : port,
      path: `${pathname === '/' ? '' : pathname}${path}${search}` || '/',
      headers: {
        'user-agent': 'girok-agent',
        ...this.#access.headers,
        ...who,
        ...headers,
        'content-length': String(body.length),
      },
    })
    return this.#exchange(outgoing, body, signal)
  }

  #exchange(outgoing: ClientRequest, body: Uint8Array, signal: AbortSignal): Promise<HttpAnswer> {
    const { timeout } = this.#access
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(new Error(`no whole answer within ${timeout / 1000} s`)), timeout)
      const aborted = () => fail(new Error('given up, because the agent stops'))
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', aborted)
      }
      const fail = (error: Error) => {
        end()
        reject(error)
        outgoing.destroy()
      }
      if (signal.aborted) {
        aborted()
        return
      }
      signal.addEventListener('abort', aborted)
      let isAnswered = false
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // A server may refuse a body before it has come whole, and hang up: its words count.
        if (isAnswered) return
        const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
        fail(isStale ? new StaleConnection(wordsOf(error)) : new Error(wordsOf(error)))
      })
      outgoing.on('response', (incoming) => {
        isAnswered = true
        readAnswer(incoming).then((answer) => {
          end()
          resolve(answer)
        }, fail)
      })
      outgoing.end(body)
    })
  }

  #plain(): Agent {
    this.#agent ??= new Agent({ keepAlive: true, maxSockets: 1 })
    return this.#agent
  }

  async #tls() {
    const { Agent: TlsAgent, request: send } = await import('node:https')
    const now = this.#now()
    if (this.#agent === undefined || now - this.#agentMs > TLS_AGE_MS) {
      // Certificates are replaced in place before they end.
      this.#agent?.destroy()
      this.#agent = new TlsAgent({ keepAlive: true, maxSockets: 1, ...tlsOptions(this.#access) })
      this.#agentMs = now
    }
    return { request: send, agent: this.#agent as InstanceType<typeof TlsAgent> }
  }
}

class StaleConnection extends Error {}

async function readAnswer(incoming: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      if (bytes < KEPT_BYTES) chunks.push(chunk.subarray(0, KEPT_BYTES - bytes))
      bytes += chunk.length
      if (bytes > MOST_BYTES) {
        incoming.destroy()
        break
      }
    }
  } catch (error) {
    throw new Error(`the answer broke off: ${wordsOf(error as NodeJS.ErrnoException)}`)
  }
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }
}

/** Of errors to connect to several addresses, too, whose message is empty. */
function wordsOf({ message, code }: NodeJS.ErrnoException): string {
  const words = message || code || 'the connection failed'
  return /self-signed|unable to (get|verify)/i.test(words) ? `${words}: name its authority in tls.ca` : words
}
