import { quote } from '../formatters/quote.ts'
import { otlpKeyValues, otlpLogRecord } from './otlp-record.ts'
import type { Outcome } from './remote/destination.ts'
import { endpointOf, type HttpAccess } from './remote/endpoint.ts'
import { grouped } from './remote/grouped.ts'
import { type HttpAnswer, post } from './remote/http.ts'
import type { RemoteHandler, RemoteOptions } from './remote/options.ts'
import { createRemoteHandler } from './remote/remote.ts'

export interface OtlpOptions extends RemoteOptions, HttpAccess {
  /** Base URL of a collector, like http://127.0.0.1:4318: records go to its /v1/logs. */
  readonly url: string
  /**
   * Attributes of the resource, `service.name` first of all (default `unknown_service`). Values of any kind that
   * attributes may have.
   */
  readonly resource?: Readonly<Record<string, unknown>>
  /** Replaced in tests. */
  readonly fetch?: typeof globalThis.fetch
}

/** OTLP/HTTP, "Retryable Response Codes"; all other errors must not be retried. */
const RETRYABLE = new Set([429, 502, 503, 504])

/**
 * Sends records to an OpenTelemetry collector: OTLP/HTTP 1.x with JSON bodies (gzip). The logger is the scope, the message
 * the body, fields are attributes (nested ones as kvlist and array), `trace_id` and `span_id` become the record's own. A
 * batch whose reply was lost is sent again and may be stored twice: the protocol has no ids.
 * @throws TypeError for a bad URL, RangeError for bad options
 */
export function otlpHandler(options: OtlpOptions): RemoteHandler {
  const { url, shown, headers } = endpointOf(options.url, '/v1/logs', options)
  headers['content-type'] ??= 'application/json'
  const attributes = otlpKeyValues({ 'service.name': 'unknown_service', ...options.resource })
  const resource = `{"attributes":${JSON.stringify(attributes)}}`
  return createRemoteHandler(
    {
      name: `otlp ${shown}`,
      entry: (record) => `${quote(record.logger)}\t${otlpLogRecord(record)}`,
      async deliver({ entries }, signal) {
        const scopes = grouped(entries, (name, records) => `{"scope":{"name":${name}},"logRecords":[${records}]}`)
        const { outcome, answer } = await post({
          url,
          body: `{"resourceLogs":[{"resource":${resource},"scopeLogs":[${scopes}]}]}`,
          headers,
          signal,
          compress: true,
          isRetryable: (status) => RETRYABLE.has(status),
          fetch: options.fetch,
        })
        return answer !== undefined && outcome.kind === 'delivered' ? partialSuccess(answer, outcome) : outcome
      },
    },
    options,
  )
}

/** `{partialSuccess: {rejectedLogRecords, errorMessage}}`: what is rejected must not be sent again. */
function partialSuccess({ body }: HttpAnswer, delivered: Outcome): Outcome {
  try {
    const { partialSuccess: part } = JSON.parse(body) as {
      partialSuccess?: { rejectedLogRecords?: string | number; errorMessage?: string }
    }
    // int64 is a string in the JSON form of Protocol Buffers; readers take numbers too.
    const count = Number(part?.rejectedLogRecords ?? 0)
    if (!(count > 0)) return delivered
    return { kind: 'refused', count, reason: part?.errorMessage || 'no reason given' }
  } catch {
    return delivered
  }
}
