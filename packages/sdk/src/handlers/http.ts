import { type Formatter, formatted } from '../formatter.ts'
import { jsonFormatter } from '../formatters/json.ts'
import type { LogRecord } from '../record.ts'
import { formText } from './http-form.ts'
import { endpointOf, type HttpAccess } from './remote/endpoint.ts'
import { post } from './remote/http.ts'
import type { RemoteHandler, RemoteOptions } from './remote/options.ts'
import { createRemoteHandler } from './remote/remote.ts'

/**
 * Bodies: JSON lines; one JSON array; one JSON object per request; or one record per request as Python's HTTPHandler
 * posts it (`application/x-www-form-urlencoded`, attributes of a LogRecord).
 */
export type HttpFormat = 'ndjson' | 'json-array' | 'json-object' | 'form'

export interface HttpOptions extends RemoteOptions, HttpAccess {
  /** The whole URL. */
  readonly url: string
  /** Default POST. */
  readonly method?: 'POST' | 'PUT' | 'PATCH'
  /** Default `ndjson`. */
  readonly format?: HttpFormat
  /** Sends bodies from 1 KiB on as gzip. Default false: not every server takes it. */
  readonly compress?: boolean
  /** Must make one line of JSON; not used by `form`. Default: jsonFormatter(). */
  readonly formatter?: Formatter
  /** Replaced in tests. */
  readonly fetch?: typeof globalThis.fetch
}

interface Form {
  readonly contentType: string
  readonly single: boolean
  entry(record: LogRecord, formatter: Formatter): string
  body(entries: readonly string[]): string
}

const FORMS: Record<HttpFormat, Form> = {
  ndjson: {
    contentType: 'application/x-ndjson',
    single: false,
    entry: formatted,
    body: (entries) => `${entries.join('\n')}\n`,
  },
  'json-array': {
    contentType: 'application/json',
    single: false,
    entry: formatted,
    body: (entries) => `[${entries.join(',')}]`,
  },
  'json-object': {
    contentType: 'application/json',
    single: true,
    entry: formatted,
    body: ([entry]) => entry as string,
  },
  form: {
    contentType: 'application/x-www-form-urlencoded',
    single: true,
    entry: formText,
    body: ([entry]) => entry as string,
  },
}

/**
 * Sends records to any URL, in batches or one by one. Every attempt of a batch carries the same Idempotency-Key, by which
 * the far end can tell repeats. 2xx is success; 408, 413, 429 and 5xx are tried again; anything else loses the batch.
 * @throws TypeError for a bad URL, RangeError for bad options
 */
export function httpHandler(options: HttpOptions): RemoteHandler {
  const { format = 'ndjson', formatter = jsonFormatter() } = options
  const form = FORMS[format]
  if (form === undefined) {
    throw new RangeError(`format is ${JSON.stringify(format)}: use one of ${Object.keys(FORMS).join(', ')}`)
  }
  const { url, shown, headers } = endpointOf(options.url, '', options)
  headers['content-type'] ??= form.contentType
  return createRemoteHandler(
    {
      name: `http-${format} ${shown}`,
      needsSource: format === 'form' ? undefined : formatter.needsSource,
      entry: (record) => form.entry(record, formatter),
      async deliver({ key, entries }, signal) {
        const { outcome } = await post({
          url,
          method: options.method,
          body: form.body(entries),
          headers: { ...headers, 'idempotency-key': key },
          signal,
          compress: options.compress,
          fetch: options.fetch,
        })
        return outcome
      },
    },
    form.single ? { ...options, batchCount: 1 } : options,
  )
}
