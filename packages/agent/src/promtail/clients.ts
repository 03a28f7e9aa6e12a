import { ConfigProblem } from '../model/problem.ts'
import type { Fields } from '../scrape/settings/fields.ts'
import type { Notes } from './notes.ts'

const PUSH = /\/(?:loki\/api\/v1|api\/prom)\/push\/?$/
const MOST_BATCH_BYTES = 1_048_576
const LEAST_BATCH_BYTES = 1024

export interface Clients {
  readonly destinations: readonly Readonly<Record<string, unknown>>[]
  readonly labels: Readonly<Record<string, string>>
  readonly batch: Readonly<Record<string, unknown>>
}

/** Reads `clients` (or the older `client`): where lines are sent. */
export function readClients(top: Fields, notes: Notes): Clients {
  const clients = top.items('clients')
  if (top.has('client')) clients.push(top.child('client'))
  if (clients.length === 0)
    top.fail('clients', 'is missing: give one such as [{url: http://127.0.0.1:4100/loki/api/v1/push}]')
  const destinations: Record<string, unknown>[] = []
  const batch: Record<string, unknown> = {}
  let labels: string | undefined
  for (const client of clients) {
    destinations.push(readClient(client, notes))
    Object.assign(batch, readBatch(client, notes))
    const external = JSON.stringify(Object.fromEntries([...client.labels('external_labels')].sort()))
    if (labels !== undefined && labels !== external) {
      client.fail('external_labels', 'must be the same for all clients: run an agent each for different ones')
    }
    labels = external
    client.end()
  }
  return { destinations, labels: JSON.parse(labels ?? '{}') as Record<string, string>, batch }
}

function readClient(client: Fields, notes: Notes): Record<string, unknown> {
  const { url, basic } = readUrl(client)
  const timeout = client.duration('timeout')
  const headers = Object.fromEntries(client.labels('headers'))
  notes.ignore(
    client,
    ['backoff_config', 'drop_rate_limited_batches'],
    'the agent keeps lines on the disk and tries until they are sent',
  )
  notes.ignore(client, ['follow_redirects', 'enable_http2'], 'connections are HTTP/1.1 to the URL given')
  notes.ignore(client, ['queue_config'], 'the spool on the disk is the queue')
  refuse(client, 'oauth2', 'is not supported: use basic_auth or bearer_token')
  refuse(client, 'proxy_url', 'is not supported: name the server itself')
  return defined({
    type: 'loki',
    name: client.text('name'),
    url,
    tenant: client.text('tenant_id'),
    ...readToken(client),
    basic: readBasic(client) ?? basic,
    tls: readTls(client, notes),
    headers: Object.keys(headers).length === 0 ? undefined : headers,
    timeout: timeout === undefined ? undefined : `${timeout}ms`,
  })
}

/** The base without the path of Loki's API, and name and password out of it. */
function readUrl(client: Fields): { readonly url: string; readonly basic: Record<string, unknown> | undefined } {
  const given =
    client.text('url') ??
    client.fail('url', 'is missing: give the address of a server such as http://127.0.0.1:4100/loki/api/v1/push')
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return client.fail('url', `${JSON.stringify(given)} is no http:// or https:// URL`)
  if (!PUSH.test(url.pathname)) client.fail('url', 'must end in /loki/api/v1/push, as Loki and Girok have it')
  const { username, password } = url
  url.username = ''
  url.password = ''
  const path = url.pathname.replace(PUSH, '')
  if (url.search !== '') client.fail('url', 'has a query (?…): leave it out, or give headers')
  const basic =
    username === '' ? undefined : { username: decodeURIComponent(username), password: decodeURIComponent(password) }
  return { url: url.origin + path, basic }
}

function readBasic(client: Fields): Record<string, unknown> | undefined {
  if (!client.has('basic_auth')) return undefined
  const fields = client.child('basic_auth')
  refuse(fields, 'username_file', 'is not supported: write username')
  const username = fields.text('username') ?? fields.fail('username', 'is missing')
  const basic = defined({ username, password: fields.text('password'), passwordFile: fields.text('password_file') })
  fields.end()
  return basic
}

function readToken(client: Fields): Record<string, unknown> {
  const token = { token: client.text('bearer_token'), tokenFile: client.text('bearer_token_file') }
  if (!client.has('authorization')) return token
  const fields = client.child('authorization')
  const type = fields.text('type') ?? 'Bearer'
  if (type.toLowerCase() !== 'bearer') fields.fail('type', `${type} is not supported: Bearer, or basic_auth`)
  const given = { token: fields.text('credentials'), tokenFile: fields.text('credentials_file') }
  fields.end()
  return given
}

function readTls(client: Fields, notes: Notes): Record<string, unknown> | undefined {
  if (!client.has('tls_config')) return undefined
  const fields = client.child('tls_config')
  notes.ignore(fields, ['min_version', 'max_version'], 'the least version is TLS 1.2')
  const tls = defined({
    ca: fields.text('ca_file'),
    cert: fields.text('cert_file'),
    key: fields.text('key_file'),
    serverName: fields.text('server_name'),
    insecureSkipVerify: fields.switch('insecure_skip_verify', false) || undefined,
  })
  fields.end()
  return Object.keys(tls).length === 0 ? undefined : tls
}

function readBatch(client: Fields, notes: Notes): Record<string, unknown> {
  const wait = client.duration('batchwait')
  const size = client.size('batchsize')
  if (size !== undefined && size > MOST_BATCH_BYTES)
    notes.add(`${client.pathOf('batchsize')} is above the most that one request has here: 1MiB is taken`)
  return defined({
    maxWait: wait === undefined ? undefined : `${Math.max(1, wait)}ms`,
    maxBytes: size === undefined ? undefined : Math.min(MOST_BATCH_BYTES, Math.max(LEAST_BATCH_BYTES, size)),
  })
}

export function refuse(fields: Fields, key: string, why: string): void {
  if (fields.has(key)) throw new ConfigProblem(`${fields.pathOf(key)}: ${why}`, [...fields.keys, key])
}

/** Without the keys whose value is undefined. */
export function defined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
