import { isAbsolute, join } from 'node:path'
import type { Fields } from './fields.ts'

/** How a server is talked to: who asks, and whom to trust. Files are read when they are needed, because they are replaced. */
export interface HttpSettings {
  readonly basic?: {
    readonly username: string
    readonly usernameFile?: string
    readonly password: string
    readonly passwordFile?: string
  }
  readonly authorization?: {
    readonly type: string
    readonly credentials: string
    readonly credentialsFile?: string
  }
  readonly tls: TlsSettings
  readonly followRedirects: boolean
  readonly headers: readonly HeaderSettings[]
}

/** Texts are PEM; each may be given by a file instead. */
export interface TlsSettings {
  readonly ca?: string
  readonly caFile?: string
  readonly cert?: string
  readonly certFile?: string
  readonly key?: string
  readonly keyFile?: string
  readonly serverName?: string
  readonly minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
  readonly maxVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
  readonly insecureSkipVerify: boolean
}

export interface HeaderSettings {
  readonly name: string
  readonly values: readonly string[]
  readonly files: readonly string[]
}

const VERSIONS = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const
const VERSION_WORDS = Object.keys(VERSIONS) as (keyof typeof VERSIONS)[]

const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ['proxy_url', 'proxies are not supported; let targets be reached directly'],
  ['proxy_from_environment', 'proxies are not supported; let targets be reached directly'],
  ['proxy_connect_header', 'proxies are not supported; let targets be reached directly'],
  ['no_proxy', 'proxies are not supported; let targets be reached directly'],
  ['oauth2', 'OAuth 2 is not supported; use authorization with a token that is renewed in credentials_file'],
])

/** @param base folder that relative paths start from */
export function readHttp(fields: Fields, base: string): HttpSettings {
  for (const [key, remedy] of UNSUPPORTED) if (fields.get(key) !== undefined) fields.fail(key, remedy)
  fields.get('enable_http2')
  const basic = readBasic(fields, base)
  const authorization = readAuthorization(fields, base)
  if (basic !== undefined && authorization !== undefined) {
    fields.fail('basic_auth', 'at most one of basic_auth, authorization, bearer_token and bearer_token_file')
  }
  return {
    ...(basic && { basic }),
    ...(authorization && { authorization }),
    tls: readTls(fields.child('tls_config'), base),
    followRedirects: fields.switch('follow_redirects', true),
    headers: readHeaders(fields.child('http_headers'), base),
  }
}

function resolve(path: string, base: string): string {
  return isAbsolute(path) ? path : join(base, path)
}

function readBasic(fields: Fields, base: string): HttpSettings['basic'] {
  if (!fields.has('basic_auth')) return undefined
  const basic = fields.child('basic_auth')
  const usernameFile = basic.text('username_file')
  const passwordFile = basic.text('password_file')
  const read = {
    username: basic.text('username') ?? '',
    password: basic.text('password') ?? '',
    ...(usernameFile && { usernameFile: resolve(usernameFile, base) }),
    ...(passwordFile && { passwordFile: resolve(passwordFile, base) }),
  }
  if (read.username !== '' && usernameFile) basic.fail('username_file', 'at most one of username and username_file')
  if (read.password !== '' && passwordFile) basic.fail('password_file', 'at most one of password and password_file')
  basic.end()
  return read
}

function readAuthorization(fields: Fields, base: string): HttpSettings['authorization'] {
  const legacy = (['bearer_token', 'bearer_token_file'] as const).filter((key) => fields.has(key))
  const given = fields.has('authorization')
  if (legacy.length + Number(given) > 1) {
    fields.fail(legacy[0], 'at most one of authorization, bearer_token and bearer_token_file')
  }
  if (legacy[0] === 'bearer_token') return { type: 'Bearer', credentials: fields.text('bearer_token') ?? '' }
  if (legacy[0] === 'bearer_token_file') {
    const file = fields.text('bearer_token_file') ?? ''
    return { type: 'Bearer', credentials: '', credentialsFile: resolve(file, base) }
  }
  if (!given) return undefined
  const authorization = fields.child('authorization')
  const type = (authorization.text('type') ?? 'Bearer').trim()
  if (type.toLowerCase() === 'basic') authorization.fail('type', 'use basic_auth for the type basic')
  const credentials = authorization.text('credentials') ?? ''
  const file = authorization.text('credentials_file')
  if (credentials !== '' && file)
    authorization.fail('credentials_file', 'at most one of credentials and credentials_file')
  authorization.end()
  return { type, credentials, ...(file && { credentialsFile: resolve(file, base) }) }
}

function readTls(tls: Fields, base: string): TlsSettings {
  const read: { -readonly [Key in keyof TlsSettings]: TlsSettings[Key] } = {
    insecureSkipVerify: tls.switch('insecure_skip_verify', false),
  }
  for (const key of ['ca', 'cert', 'key'] as const) {
    const text = tls.text(key)
    const file = tls.text(`${key}_file`)
    if (text !== undefined && file !== undefined) tls.fail(`${key}_file`, `at most one of ${key} and ${key}_file`)
    if (text !== undefined) read[key] = text
    if (file !== undefined) read[`${key}File`] = resolve(file, base)
  }
  if ((read.cert ?? read.certFile) !== undefined && (read.key ?? read.keyFile) === undefined) {
    tls.fail('key_file', 'a certificate needs its key')
  }
  const serverName = tls.text('server_name')
  if (serverName !== undefined) read.serverName = serverName
  const least = tls.oneOf('min_version', VERSION_WORDS)
  const most = tls.oneOf('max_version', VERSION_WORDS)
  if (least !== undefined) read.minVersion = VERSIONS[least]
  if (most !== undefined) read.maxVersion = VERSIONS[most]
  tls.end()
  return read
}

function readHeaders(fields: Fields, base: string): HeaderSettings[] {
  return fields.names().map((name) => {
    const header = fields.child(name)
    const read = {
      name,
      values: [...header.texts('values'), ...header.texts('secrets')],
      files: header.texts('files').map((file) => resolve(file, base)),
    }
    header.end()
    return read
  })
}
