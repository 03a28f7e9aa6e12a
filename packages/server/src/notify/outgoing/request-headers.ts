import { secretText } from '../secret-text.ts'
import { basicCredentials } from './connection-pool.ts'
import type { HttpOptions } from './http-options.ts'
import type { OauthTokens } from './oauth-tokens.ts'

export type Headers = Record<string, string | readonly string[]> & { Authorization?: string }

/**
 * The headers that `http_config` asks for: credentials and those of `http_headers`. Files are read now. Throws an Error for
 * users.
 */
export async function configuredHeaders(
  http: HttpOptions,
  trusted: boolean,
  tokens: OauthTokens,
  signal: AbortSignal,
): Promise<Headers> {
  const authorization = await authorizationOf(http, trusted, tokens, signal)
  const headers: Headers = authorization === undefined ? {} : { Authorization: authorization }
  for (const [name, { values, secrets, files }] of Object.entries(http.http_headers ?? {})) {
    const read = files.map((file) =>
      secretText({ option: `http_headers.${name}.files`, text: undefined, file }, trusted),
    )
    headers[name] = [...values, ...secrets, ...(await Promise.all(read)).map((text) => text ?? '')]
  }
  return headers
}

async function authorizationOf(
  http: HttpOptions,
  trusted: boolean,
  tokens: OauthTokens,
  signal: AbortSignal,
): Promise<string | undefined> {
  const secret = (option: string, text: string | undefined, file: string | undefined) =>
    secretText({ option, text, file }, trusted)
  const { basic_auth: basic, authorization, oauth2, bearer_token, bearer_token_file } = http
  if (basic !== undefined) {
    const user = await secret('basic_auth.username', basic.username, basic.username_file)
    const password = await secret('basic_auth.password', basic.password, basic.password_file)
    return basicCredentials(user ?? '', password ?? '')
  }
  if (authorization !== undefined) {
    const { type, credentials, credentials_file } = authorization
    const given = await secret('authorization.credentials', credentials, credentials_file)
    return given === undefined ? undefined : `${type} ${given}`
  }
  if (oauth2 !== undefined) return `Bearer ${await tokens.token(oauth2, signal)}`
  const bearer = await secret('bearer_token', bearer_token, bearer_token_file)
  return bearer === undefined ? undefined : `Bearer ${bearer}`
}
