import type { IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'

/** A request to ClickHouse's HTTP interface, taken apart. */
export interface FacadeRequest {
  readonly statement: string
  readonly database: string
  readonly username: string
  readonly password: string
  readonly settings: ReadonlyMap<string, string>
  /** The answer is to begin when the statement has ended. */
  readonly wholeAtOnce: boolean
  readonly acceptsGzip: boolean
  /** Set when the body holds rows. */
  readonly insert:
    | { readonly table: string; readonly columns: string[]; readonly format: string; readonly rows: Buffer }
    | undefined
}

/** Query parameters that are not settings of the engine. */
const NOT_SETTINGS = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'wait_end_of_query',
  'enable_http_compression',
  'cancel_http_readonly_queries_on_client_close',
])

const INSERT = /^\s*INSERT INTO (\S+)\s*(?:\(([^)]*)\))?\s*FORMAT (TabSeparated|Native)\s*$/i

export async function readRequest(request: IncomingMessage): Promise<FacadeRequest> {
  const parameters = new URL(request.url ?? '/', 'http://facade').searchParams
  const raw = Buffer.concat((await request.toArray()) as Buffer[])
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
  const inUrl = parameters.get('query')
  const statement = inUrl ?? body.toString()
  const parts = INSERT.exec(statement)
  const [username = '', password = ''] = credentials(request)
  return {
    statement,
    database: parameters.get('database') ?? 'default',
    username,
    password,
    settings: new Map([...parameters].filter(([name]) => !NOT_SETTINGS.has(name))),
    wholeAtOnce: parameters.get('wait_end_of_query') === '1',
    acceptsGzip:
      parameters.get('enable_http_compression') === '1' && /gzip/.test(request.headers['accept-encoding'] ?? ''),
    insert:
      inUrl === null || parts === null
        ? undefined
        : {
            table: parts[1] ?? '',
            columns: (parts[2] ?? '').split(',').map((name) => name.trim()),
            format: parts[3] ?? '',
            rows: body,
          },
  }
}

function credentials(request: IncomingMessage): string[] {
  const basic = /^Basic (.*)$/.exec(request.headers.authorization ?? '')?.[1]
  if (basic === undefined) return []
  const text = Buffer.from(basic, 'base64').toString()
  const colon = text.indexOf(':')
  return [text.slice(0, colon), text.slice(colon + 1)]
}
