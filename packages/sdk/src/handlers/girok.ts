import { type Formatter, formatted } from '../formatter.ts'
import { jsonFormatter } from '../formatters/json.ts'
import { post } from './remote/http.ts'
import type { RemoteHandler, RemoteOptions } from './remote/options.ts'
import { createRemoteHandler } from './remote/remote.ts'

export interface GirokOptions extends RemoteOptions {
  /** Base URL of a Girok server: records go to its /ingest. */
  readonly url: string
  /** Labels of the stream that the records form. Few and with few values: they are the index. */
  readonly labels?: Readonly<Record<string, string>>
  /** Sent as Authorization: Bearer. */
  readonly token?: string
  /** Sent as X-Scope-OrgID. */
  readonly tenant?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Must make one line of JSON. Default: jsonFormatter(). */
  readonly formatter?: Formatter
  /** Replaced in tests. */
  readonly fetch?: typeof globalThis.fetch
}

/**
 * Sends records to Girok as JSON lines, in batches. A batch is repeated, under one Idempotency-Key, until the server has
 * it or refuses it for good, so that each record is stored once.
 */
export function girokHandler(options: GirokOptions): RemoteHandler {
  const formatter = options.formatter ?? jsonFormatter()
  const url = targetUrl(options)
  const headers: Record<string, string> = { 'content-type': 'application/x-ndjson', ...options.headers }
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`
  if (options.tenant !== undefined) headers['x-scope-orgid'] = options.tenant
  return createRemoteHandler(
    {
      name: url,
      needsSource: formatter.needsSource,
      entry: (record) => formatted(record, formatter),
      async deliver({ key, entries }, signal) {
        const body = `${entries.join('\n')}\n`
        const { outcome } = await post({
          url,
          body,
          headers: { ...headers, 'idempotency-key': key },
          signal,
          fetch: options.fetch,
        })
        return outcome
      },
    },
    options,
  )
}

function targetUrl(options: GirokOptions): string {
  const url = new URL(`${options.url.replace(/\/+$/, '')}/ingest`)
  for (const [name, value] of Object.entries(options.labels ?? {})) url.searchParams.append('label', `${name}=${value}`)
  return url.href
}
