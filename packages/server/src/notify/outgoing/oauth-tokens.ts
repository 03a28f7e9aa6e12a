import { secretText } from '../secret-text.ts'
import { basicCredentials } from './connection-pool.ts'
import { type HttpOptions, httpOptions, type OauthOptions } from './http-options.ts'
import { type Outgoing, type OutgoingAnswer, OutgoingError } from './outgoing.ts'

interface Kept {
  readonly token: string
  readonly endsMs: number
}

/** A token is not used in the last seconds of its life. */
const MARGIN_MS = 10_000
const LIFE_WITHOUT_WORD_MS = 300_000
const MOST = 200

/** Tokens by OAuth 2.0's client credentials (RFC 6749, section 4.4), kept until they end. */
export class OauthTokens {
  private readonly request: Outgoing['request']
  private readonly now: () => number
  private readonly trusted: boolean
  private readonly kept = new Map<string, Kept>()

  constructor(request: Outgoing['request'], now: () => number, trusted: boolean) {
    this.request = request
    this.now = now
    this.trusted = trusted
  }

  /** Rejects with `OutgoingError`. */
  async token(options: OauthOptions, signal: AbortSignal): Promise<string> {
    const { client_secret: text, client_secret_file: file } = options
    const secret = (await secretText({ option: 'oauth2.client_secret', text, file }, this.trusted)) ?? ''
    const key = JSON.stringify([options, secret])
    const known = this.kept.get(key)
    if (known !== undefined && known.endsMs > this.now()) return known.token
    const made = await this.fetch(options, secret, signal)
    if (this.kept.size >= MOST) this.kept.clear()
    this.kept.set(key, made)
    return made.token
  }

  private async fetch(options: OauthOptions, secret: string, signal: AbortSignal): Promise<Kept> {
    let answer = await this.ask(options, secret, true, signal)
    // Some servers take the client's secret in the form alone.
    if (answer.status === 400 || answer.status === 401) answer = await this.ask(options, secret, false, signal)
    if (answer.status < 200 || answer.status >= 300) {
      throw new OutgoingError(`oauth2: the token's address answered with status ${answer.status}`, answer.status >= 500)
    }
    const { access_token: token, expires_in: seconds } = readJson(answer.body)
    if (typeof token !== 'string' || token === '')
      throw new OutgoingError('oauth2: the answer has no access_token', true)
    const life = Number(seconds) > 0 ? Number(seconds) * 1000 - MARGIN_MS : LIFE_WITHOUT_WORD_MS
    return { token, endsMs: this.now() + life }
  }

  private ask(options: OauthOptions, secret: string, inHeader: boolean, signal: AbortSignal): Promise<OutgoingAnswer> {
    const { client_id: id, scopes, token_url: url, endpoint_params: params = {} } = options
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...params })
    if (scopes.length > 0) form.set('scope', scopes.join(' '))
    if (!inHeader) {
      form.set('client_id', id)
      form.set('client_secret', secret)
    }
    return this.request({
      method: 'POST',
      url,
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Accept: 'application/json',
        ...(inHeader ? { Authorization: basicCredentials(encodeURIComponent(id), encodeURIComponent(secret)) } : {}),
      },
      body: form.toString(),
      http: connectionOptions(options),
      signal,
    })
  }
}

/** TLS and proxy of the address that gives tokens. */
function connectionOptions(options: OauthOptions): HttpOptions {
  const { tls_config, proxy_url, no_proxy, proxy_from_environment, proxy_connect_header } = options
  return { ...httpOptions.parse({}), tls_config, proxy_url, no_proxy, proxy_from_environment, proxy_connect_header }
}

function readJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
