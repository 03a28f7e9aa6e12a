import { Failure } from './failure.ts'

const DEFAULT_URL = 'http://127.0.0.1:4100'

export interface ClientOptions {
  readonly url?: string | undefined
  readonly token?: string | undefined
  readonly tenant?: string | undefined
}

/** A Girok server over HTTP. */
export interface Client {
  readonly url: string
  /** Headers that say who asks. */
  readonly headers: Readonly<Record<string, string>>
  /** One request; rejects with Failure when the server cannot be reached, never for a status. */
  send(path: string, init?: RequestInit): Promise<Response>
  /** The JSON answer; rejects with Failure for any status but 2xx. */
  json(path: string, params: URLSearchParams, signal?: AbortSignal): Promise<unknown>
}

export function createClient(options: ClientOptions): Client {
  const url = (options.url ?? DEFAULT_URL).replace(/\/+$/, '')
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url)) {
    throw new Failure(`${JSON.stringify(url)} is not a URL of a server: write for example ${DEFAULT_URL}`, 2)
  }
  const headers: Record<string, string> = {}
  if (options.token) headers.authorization = `Bearer ${options.token}`
  if (options.tenant) headers['x-scope-orgid'] = options.tenant

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await fetch(url + path, { ...init, headers: { ...headers, ...(init.headers as Record<string, string>) } })
    } catch (error) {
      if (init.signal?.aborted) throw error
      throw new Failure(`cannot reach ${url}: ${networkReason(error)}; is girok serve running there?`)
    }
  }

  return {
    url,
    headers,
    send,
    async json(path, params, signal) {
      // A POST, because queries may be longer than a URL may be.
      const response = await send(path, { method: 'POST', body: params, ...(signal ? { signal } : {}) })
      const text = await response.text()
      if (!response.ok) throw new Failure(refusal(response.status, text))
      try {
        return JSON.parse(text)
      } catch {
        throw new Failure(`${url}${path} did not answer with JSON: is that a Girok server?`)
      }
    },
  }
}

/** What a server said, in one sentence: Girok's errors are JSON, those of Loki's paths plain text. */
export function refusal(status: number, body: string): string {
  const said = (messageOf(body) ?? body).trim().replace(/\s+/g, ' ').slice(0, 500)
  if (status === 401)
    return `not allowed (401): ${said || 'the server wants a token'}; give one by --token or GIROK_TOKEN`
  return said === '' ? `the server answered ${status}` : `${said} (status ${status})`
}

function messageOf(body: string): string | undefined {
  try {
    const { error, message } = JSON.parse(body) as { error?: { message?: unknown } | string; message?: unknown }
    const found = typeof error === 'object' ? error.message : (error ?? message)
    return typeof found === 'string' ? found : undefined
  } catch {
    return undefined
  }
}

/** Why a connection failed, in a few words. */
export function networkReason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const code = (cause as { code?: unknown } | null)?.code
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  if (code === 'ENOTFOUND') return 'no such host'
  if (cause instanceof AggregateError && cause.errors[0]) return networkReason(cause.errors[0])
  return cause instanceof Error ? cause.message || String(code) : String(cause)
}
