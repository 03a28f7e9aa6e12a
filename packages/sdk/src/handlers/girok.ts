import { type Formatter, formatted } from '../formatter.ts'
import { jsonFormatter } from '../formatters/json.ts'
import type { Outcome } from './remote/destination.ts'
import { endpointOf, type HttpAccess } from './remote/endpoint.ts'
import { type HttpAnswer, post } from './remote/http.ts'
import type { RemoteHandler, RemoteOptions } from './remote/options.ts'
import { createRemoteHandler } from './remote/remote.ts'

export interface GirokOptions extends RemoteOptions, HttpAccess {
  /** Base URL of a Girok server: records go to its /ingest. */
  readonly url: string
  /** Labels of the stream that the records form. Few and with few values: they are the index. */
  readonly labels?: Readonly<Record<string, string>>
  /** Sent as X-Scope-OrgID. */
  readonly tenant?: string
  /** Must make one line of JSON. Default: jsonFormatter(). */
  readonly formatter?: Formatter
  /** Replaced in tests. */
  readonly fetch?: typeof globalThis.fetch
}

/**
 * Sends records to Girok as JSON lines, in batches. A batch is repeated, under one Idempotency-Key, until the server has
 * it or refuses it for good, so that each record is stored once, also when the process was killed and the next one found
 * the batch in the spool. (The server knows keys for 24 hours.)
 * @throws TypeError for a bad URL, RangeError for bad options
 */
export function girokHandler(options: GirokOptions): RemoteHandler {
  const formatter = options.formatter ?? jsonFormatter()
  const { url, shown, headers } = endpointOf(options.url, '/ingest', options)
  const target = withLabels(url, options.labels)
  headers['content-type'] ??= 'application/x-ndjson'
  if (options.tenant !== undefined) headers['x-scope-orgid'] = options.tenant
  return createRemoteHandler(
    {
      name: `girok ${shown}`,
      needsSource: formatter.needsSource,
      entry: (record) => formatted(record, formatter),
      async deliver({ key, entries }, signal) {
        const { outcome, answer } = await post({
          url: target,
          body: `${entries.join('\n')}\n`,
          headers: { ...headers, 'idempotency-key': key },
          signal,
          compress: true,
          fetch: options.fetch,
        })
        return answer?.status === 400 ? partlyRefused(answer, outcome) : outcome
      },
    },
    options,
  )
}

function withLabels(url: string, labels: Readonly<Record<string, string>> = {}): string {
  const target = new URL(url)
  for (const [name, value] of Object.entries(labels)) target.searchParams.append('label', `${name}=${value}`)
  return target.href
}

/** 400 `{accepted, rejected, errors: [{reason, count, message}]}`: what is not rejected is stored. */
function partlyRefused({ body }: HttpAnswer, otherwise: Outcome): Outcome {
  try {
    const { rejected, errors } = JSON.parse(body) as { rejected?: unknown; errors?: { message?: unknown }[] }
    if (typeof rejected !== 'number') return otherwise
    return { kind: 'refused', count: rejected, reason: String(errors?.[0]?.message ?? 'no reason given') }
  } catch {
    return otherwise
  }
}
