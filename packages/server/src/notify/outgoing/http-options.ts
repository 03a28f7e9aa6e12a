import { z } from 'zod'
import { duration, flag, LONGEST_TIMER, list, optionalText, text } from '../../model/options/kinds.ts'
import { WEB_ADDRESS } from './web-address.ts'

const words = { allowed: 'texts', pattern: /^/ }
const tlsVersion = () => optionalText({ allowed: 'TLS10, TLS11, TLS12 or TLS13', pattern: /^TLS1[0-3]$/ })
const file = (what: string) => optionalText({ allowed: 'a file path' }).describe(`File that holds ${what}.`)

const tlsConfig = z.strictObject({
  ca: optionalText().describe('Certificates of the authorities to trust, as PEM text, in place of the system’s.'),
  cert: optionalText().describe('Certificate to show to the far end, as PEM text.'),
  key: optionalText({ secret: true }).describe('Key of that certificate, as PEM text.'),
  ca_file: file('the certificates of the authorities to trust'),
  cert_file: file('the certificate to show to the far end'),
  key_file: file('the key of that certificate'),
  server_name: optionalText().describe(
    'Name that the far end’s certificate must be for, where it is not the host of the address.',
  ),
  insecure_skip_verify: flag(false).describe('Takes any certificate. Then nobody knows who reads along.'),
  min_version: tlsVersion().describe('Oldest version of TLS to speak.'),
  max_version: tlsVersion().describe('Newest version of TLS to speak.'),
})

const proxyOptions = {
  proxy_url: optionalText({ allowed: 'an http:// or https:// address', secret: true }).describe('Proxy to go through.'),
  no_proxy: text('').describe('Hosts, domains and networks to reach without the proxy, with commas in between.'),
  proxy_from_environment: flag(false).describe('Takes the proxy from HTTP_PROXY, HTTPS_PROXY and NO_PROXY.'),
  proxy_connect_header: z
    .record(z.string(), z.array(z.string()))
    .optional()
    .meta({ kind: 'other', allowed: 'names of headers, each with a list of values', secret: true })
    .describe('Headers for the proxy itself.'),
}

const headerValues = z.strictObject({
  values: list(words).describe('Values as they are.'),
  secrets: list(words, [], { secret: true }).describe('Values that are never shown.'),
  files: list(words).describe('Files that hold a value each.'),
})

const basicAuth = z.strictObject({
  username: text('').describe('Name of the user.'),
  username_file: file('the name of the user'),
  password: optionalText({ secret: true }).describe('Password of the user.'),
  password_file: file('the password of the user'),
})

const authorization = z.strictObject({
  type: text('Bearer').describe('Word before the credentials.'),
  credentials: optionalText({ secret: true }).describe('What follows that word.'),
  credentials_file: file('what follows that word'),
})

const oauth2 = z.strictObject({
  client_id: text('').describe('Who asks for tokens.'),
  client_secret: optionalText({ secret: true }).describe('Secret of the client.'),
  client_secret_file: file('the secret of the client'),
  scopes: list(words).describe('Rights to ask for.'),
  token_url: text('').describe('Address that gives tokens.'),
  endpoint_params: z
    .record(z.string(), z.string())
    .optional()
    .meta({ kind: 'other', allowed: 'names with texts' })
    .describe('Further fields of the request for a token.'),
  tls_config: tlsConfig
    .optional()
    .meta({ kind: 'other', allowed: 'keys of TLS' })
    .describe('TLS towards that address.'),
  ...proxyOptions,
})

/** `http_config` of alertmanager.yml. What it gives is a valid input again. */
export const httpOptions = z
  .strictObject({
    basic_auth: basicAuth.optional().meta({ kind: 'other', allowed: 'keys' }).describe('Name and password.'),
    authorization: authorization
      .optional()
      .meta({ kind: 'other', allowed: 'keys' })
      .describe('The header Authorization.'),
    oauth2: oauth2.optional().meta({ kind: 'other', allowed: 'keys' }).describe('OAuth 2.0 with client credentials.'),
    bearer_token: optionalText({ secret: true }).describe('The older way to say `authorization: {credentials: …}`.'),
    bearer_token_file: file('the bearer token'),
    tls_config: tlsConfig
      .optional()
      .meta({ kind: 'other', allowed: 'keys of TLS' })
      .describe('Certificates and versions.'),
    follow_redirects: flag(true).describe('Goes where answers of 3xx point to, ten times at most.'),
    enable_http2: flag(true).describe('Known for the sake of old files: requests go by HTTP/1.1 in any case.'),
    ...proxyOptions,
    http_headers: z
      .record(z.string(), headerValues)
      .optional()
      .meta({ kind: 'other', allowed: 'names of headers, each with values, secrets or files' })
      .describe('Further headers of each request.'),
  })
  .superRefine((options, context) => {
    for (const message of faultsOf(options)) context.addIssue({ code: 'custom', message })
  })

export type HttpOptions = z.output<typeof httpOptions>
export type TlsOptions = z.output<typeof tlsConfig>
export type OauthOptions = z.output<typeof oauth2>
export type ProxyOptions = Pick<HttpOptions, keyof typeof proxyOptions>

/** Headers that requests make themselves, and so cannot be given. */
const RESERVED = new Set(
  'authorization host content-encoding content-length content-type user-agent connection keep-alive proxy-authenticate proxy-authorization www-authenticate accept-encoding transfer-encoding trailer te upgrade'.split(
    ' ',
  ),
)

function faultsOf(options: z.output<z.ZodObject<typeof httpOptions.shape>>): string[] {
  const {
    basic_auth: basic,
    authorization: auth,
    oauth2: oauth,
    bearer_token: bearer,
    bearer_token_file: bearerFile,
  } = options
  const faults: string[] = []
  const ways = [basic, auth, oauth, bearer ?? bearerFile].filter((way) => way !== undefined)
  if (ways.length > 1) faults.push('only one of basic_auth, authorization, oauth2 and bearer_token can be set')
  const both = (a: unknown, b: unknown, name: string) => {
    if (a !== undefined && a !== '' && b !== undefined) faults.push(`only one of ${name} and ${name}_file can be set`)
  }
  both(bearer, bearerFile, 'bearer_token')
  both(basic?.username, basic?.username_file, 'basic_auth.username')
  both(basic?.password, basic?.password_file, 'basic_auth.password')
  both(auth?.credentials, auth?.credentials_file, 'authorization.credentials')
  if (auth !== undefined && /^\s*basic\s*$/i.test(auth.type)) {
    faults.push('authorization.type cannot be Basic: use basic_auth')
  }
  if (oauth !== undefined) {
    both(oauth.client_secret, oauth.client_secret_file, 'oauth2.client_secret')
    if (oauth.client_id === '') faults.push('oauth2.client_id is missing')
    if (oauth.token_url === '') faults.push('oauth2.token_url is missing')
    faults.push(...tlsFaults(oauth.tls_config, 'oauth2.tls_config'), ...proxyFaults(oauth))
  }
  faults.push(...tlsFaults(options.tls_config, 'tls_config'), ...proxyFaults(options))
  for (const name of Object.keys(options.http_headers ?? {})) {
    if (RESERVED.has(name.toLowerCase())) faults.push(`http_headers cannot set ${name}`)
    else if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      faults.push(`http_headers: "${name}" cannot be the name of a header`)
  }
  return faults
}

function tlsFaults(tls: TlsOptions | undefined, at: string): string[] {
  if (tls === undefined) return []
  const faults: string[] = []
  for (const name of ['ca', 'cert', 'key'] as const) {
    if (tls[name] !== undefined && tls[`${name}_file`] !== undefined)
      faults.push(`only one of ${at}.${name} and ${at}.${name}_file can be set`)
  }
  const cert = tls.cert ?? tls.cert_file
  const key = tls.key ?? tls.key_file
  if (cert !== undefined && key === undefined) faults.push(`${at} has a certificate without its key`)
  if (key !== undefined && cert === undefined) faults.push(`${at} has a key without its certificate`)
  const { min_version: min, max_version: max } = tls
  if (min !== undefined && max !== undefined && min > max) faults.push(`${at}.min_version is above max_version`)
  return faults
}

function proxyFaults(options: ProxyOptions): string[] {
  const { proxy_from_environment: environment, no_proxy: without, proxy_connect_header: header } = options
  // An empty one is none.
  const url = options.proxy_url || undefined
  const faults: string[] = []
  if (url !== undefined && !/^https?:\/\/./i.test(url)) faults.push('proxy_url must begin with http:// or https://')
  if (environment && (url !== undefined || without !== '')) {
    faults.push('proxy_from_environment cannot be set together with proxy_url or no_proxy')
  }
  if (without !== '' && url === undefined && !environment) faults.push('no_proxy is of no use without proxy_url')
  if (header !== undefined && url === undefined && !environment) {
    faults.push('proxy_connect_header is of no use without proxy_url or proxy_from_environment')
  }
  return faults
}

/** `http_config` in the options of a notifier; absent: that of `global:`. */
export function httpConfig() {
  return httpOptions
    .optional()
    .meta({ kind: 'other', allowed: 'keys of http_config' })
    .describe('How requests are made: credentials, TLS, proxy. Without it that of `global:` is taken.')
}

/** `timeout` in the options of a notifier, in milliseconds; 0: only the limits of who calls. */
export function sendTimeout() {
  return duration('0', { max: LONGEST_TIMER }).describe(
    'Longest time that one attempt may take. 0: no limit of its own.',
  )
}

/** `send_resolved` in the options of a notifier. */
export function sendResolved(fallback: boolean) {
  return flag(fallback).describe('Tells of resolved alerts too.')
}

/** An address that is a secret, such as that of an incoming webhook. */
export function secretUrl(what: string) {
  return optionalText({ ...WEB_ADDRESS, secret: true }).describe(what)
}

/** A file whose content is a secret. */
export function secretFile(what: string) {
  return file(what)
}
