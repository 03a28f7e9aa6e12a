import { readFile } from 'node:fs/promises'
import { type IncomingMessage, Agent as PlainAgent, request as requestPlain } from 'node:http'
import { request as requestTls, Agent as TlsAgent } from 'node:https'
import { createGunzip } from 'node:zlib'
import type { HttpSettings, TlsSettings } from './settings/http.ts'

export interface Answer {
  readonly body: Buffer
  readonly contentType: string | undefined
  readonly header: (name: string) => string | undefined
}

export interface Request {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Most bytes of the body, uncompressed. */
  readonly maxBytes: number
  readonly signal: AbortSignal
}

/** More than this no target may answer, whatever its limits say: it would have to be held in memory. */
export const MOST_BODY_BYTES = 64 * 2 ** 20

const MOST_REDIRECTS = 10
/** Certificates are replaced while programs run. */
const TLS_FILES_MS = 60_000
const IDLE_SOCKET_MS = 30_000
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Gets bodies over HTTP, as one entry of a configuration says how. Connections are kept between requests. */
export class HttpClient {
  readonly #settings: HttpSettings
  readonly #now: () => number
  readonly #plain = new PlainAgent({ keepAlive: true, timeout: IDLE_SOCKET_MS })
  #tls: { readonly agent: TlsAgent; readonly texts: string; readonly readMs: number } | undefined

  constructor(settings: HttpSettings, now: () => number) {
    this.#settings = settings
    this.#now = now
  }

  /** @throws Error that says what went wrong, in words for users; also when the status is not 200 */
  async get({ url, headers, timeoutMs, maxBytes, signal }: Request): Promise<Answer> {
    const ending = new AbortController()
    const { signal: ended } = ending
    let late = false
    const timer = setTimeout(() => {
      late = true
      ending.abort()
    }, timeoutMs)
    // Not AbortSignal.any: in Node 20 it never lets go of what it made for a signal that lives long.
    const stop = () => ending.abort()
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      const message = await this.#follow(url, { ...headers, ...(await this.#ownHeaders()) }, ended)
      if (message.statusCode !== 200) {
        message.destroy()
        throw new Error(
          `the server answered with status ${message.statusCode} ${message.statusMessage ?? ''}`.trimEnd(),
        )
      }
      const body = await readBody(message, maxBytes, ended)
      return {
        body,
        contentType: message.headers['content-type'],
        header: (name) => message.headers[name]?.toString(),
      }
    } catch (error) {
      if (late) throw new Error(`no complete answer within ${timeoutMs / 1000} s`)
      throw error
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }

  close(): void {
    this.#plain.destroy()
    this.#tls?.agent.destroy()
  }

  async #follow(
    from: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    let url = new URL(from)
    let sent = headers
    for (let redirects = 0; ; redirects++) {
      const message = await this.#request(url, sent, signal)
      const { location } = message.headers
      if (!this.#settings.followRedirects || location === undefined || !REDIRECTS.has(message.statusCode ?? 0)) {
        return message
      }
      message.destroy()
      if (redirects >= MOST_REDIRECTS) throw new Error(`redirected more than ${MOST_REDIRECTS} times`)
      if (!URL.canParse(location, url.href))
        throw new Error(`redirected to ${JSON.stringify(location)}, which is no URL`)
      const next = new URL(location, url)
      if (!/^https?:$/.test(next.protocol)) throw new Error(`redirected to ${next.protocol}, which cannot be scraped`)
      // Secrets are for the host that they were given for.
      if (next.host !== url.host || next.protocol !== url.protocol) sent = withoutSecrets(sent, this.#settings)
      url = next
    }
  }

  async #request(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
    const isTls = url.protocol === 'https:'
    const agent = isTls ? await this.#tlsAgent() : this.#plain
    const send = (again: boolean): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        const request = (isTls ? requestTls : requestPlain)(url, { agent, headers, signal }, resolve)
        request.on('error', (error: NodeJS.ErrnoException) => {
          // The server may close a connection that it takes for idle at the moment it is used again.
          if (again && request.reusedSocket && error.code === 'ECONNRESET') resolve(send(false))
          else reject(described(error))
        })
        request.end()
      })
    return send(true)
  }

  async #tlsAgent(): Promise<TlsAgent> {
    const known = this.#tls
    if (known !== undefined && this.#now() - known.readMs < TLS_FILES_MS) return known.agent
    const { tls } = this.#settings
    const options = {
      ...(await pemOptions(tls)),
      ...(tls.serverName !== undefined && { servername: tls.serverName }),
      ...(tls.minVersion !== undefined && { minVersion: tls.minVersion }),
      ...(tls.maxVersion !== undefined && { maxVersion: tls.maxVersion }),
      rejectUnauthorized: !tls.insecureSkipVerify,
    }
    const texts = JSON.stringify(options)
    if (known !== undefined && known.texts === texts) {
      this.#tls = { ...known, readMs: this.#now() }
      return known.agent
    }
    known?.agent.destroy()
    const agent = new TlsAgent({ keepAlive: true, timeout: IDLE_SOCKET_MS, ...options })
    this.#tls = { agent, texts, readMs: this.#now() }
    return agent
  }

  async #ownHeaders(): Promise<Record<string, string>> {
    const { basic, authorization, headers } = this.#settings
    const own: Record<string, string> = {}
    if (basic !== undefined) {
      const username = await textOf(basic.username, basic.usernameFile)
      const password = await textOf(basic.password, basic.passwordFile)
      own.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    }
    if (authorization !== undefined) {
      const { type, credentials, credentialsFile } = authorization
      own.authorization = `${type} ${await textOf(credentials, credentialsFile)}`
    }
    for (const { name, values, files } of headers) {
      const texts = await Promise.all(files.map((file) => textOf('', file)))
      own[name.toLowerCase()] = [...values, ...texts].join(', ')
    }
    return own
  }
}

async function textOf(text: string, file: string | undefined): Promise<string> {
  return file === undefined ? text : (await readFile(file, 'utf8')).trim()
}

async function pemOptions(tls: TlsSettings): Promise<{ ca?: string; cert?: string; key?: string }> {
  const options: { ca?: string; cert?: string; key?: string } = {}
  for (const name of ['ca', 'cert', 'key'] as const) {
    const file = tls[`${name}File`]
    const text = tls[name] ?? (file === undefined ? undefined : await readFile(file, 'utf8'))
    if (text !== undefined) options[name] = text
  }
  return options
}

function withoutSecrets(headers: Readonly<Record<string, string>>, settings: HttpSettings): Record<string, string> {
  const secret = new Set(['authorization', ...settings.headers.map(({ name }) => name.toLowerCase())])
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.has(name)))
}

function described(error: NodeJS.ErrnoException): Error {
  // Without an address of its own only the addresses that were tried tell what happened.
  const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException | undefined) : undefined
  const { code, message } = first ?? error
  return new Error(message === '' ? `the request failed: ${code ?? 'unknown'}` : message, { cause: error })
}

async function readBody(message: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const most = maxBytes > 0 ? Math.min(maxBytes, MOST_BODY_BYTES) : MOST_BODY_BYTES
  const encoding = message.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'gzip' && encoding !== 'identity') {
    message.destroy()
    throw new Error(`the server answered with the encoding ${encoding}, which was not asked for`)
  }
  const stream = encoding === 'gzip' ? message.pipe(createGunzip()) : message
  // A pipe does not pass on that its source has failed.
  if (stream !== message) message.on('error', (error) => stream.destroy(error))
  const stop = () => stream.destroy(new Error('stopped'))
  signal.addEventListener('abort', stop)
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      bytes += part.length
      if (bytes > most) {
        throw new Error(
          `the answer is larger than ${most} bytes; ${maxBytes > 0 ? 'see body_size_limit' : 'a target may not answer with more'}`,
        )
      }
      parts.push(part)
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ECONNRESET') throw new Error('the connection ended before the answer was complete', { cause: error })
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    if (bytes > most || signal.aborted) message.destroy()
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, bytes)
}
