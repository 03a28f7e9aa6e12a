import { promisify } from 'node:util'
import { gzip as gzipCallback } from 'node:zlib'
import * as v from 'valibot'
import { FieldWalker } from '../encode/field-walker.ts'
import { defineDestination, type Outcome, type Piece } from './destination.ts'
import { type HttpAccess, httpAccess } from './http-access.ts'
import { type HttpAnswer, HttpClient } from './http-client.ts'
import { otlpLogs } from './otlp-logs.ts'
import { MetricTypes, otlpMetrics } from './otlp-metrics.ts'
import { outcomeOf, textOf } from './outcome.ts'
import { unreachable } from './push.ts'

const gzip = promisify(gzipCallback)
const PATHS = { logs: '/v1/logs', samples: '/v1/metrics' } as const

/** Any endpoint of OTLP over HTTP: a collector, or a backend that takes OpenTelemetry. The URL is that of the base. */
export const otlp = defineDestination<HttpAccess>({
  name: 'otlp',
  summary: 'Any OTLP/HTTP endpoint (OpenTelemetry collector and others): lines and samples',
  options: v.strictObject(httpAccess),
  example: 'url: http://127.0.0.1:4318\nheaders:\n  x-api-key: secret\n',
  takes: ['logs', 'samples'],
  open(access, { now }) {
    const client = new HttpClient(access, { now, suffix: PATHS.logs })
    const types = new MetricTypes()
    return {
      url: client.url,
      close: () => client.close(),
      async send(piece, signal) {
        const message = messageOf(piece, types)
        if (typeof message === 'string') return { result: 'rejected', reason: message }
        try {
          const body = await gzip(message, { level: 1 })
          const headers = headersOf(piece, access.tenant)
          const answer = await client.post({ path: PATHS[piece.kind], headers, body, signal })
          return withPartialSuccess(
            outcomeOf(answer, { sentBytes: body.length, count: piece.count, nowMs: now(), wordsOf }),
            answer,
            piece,
          )
        } catch (error) {
          return unreachable(error)
        }
      },
    }
  },
})

/** A text says what is wrong with the piece. */
function messageOf({ kind, payload }: Piece, types: MetricTypes): Uint8Array | string {
  try {
    return kind === 'logs' ? otlpLogs(payload) : otlpMetrics(payload, types)
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}

function headersOf({ key, tenant }: Piece, ownTenant: string | undefined): Record<string, string> {
  const organisation = tenant ?? ownTenant
  return {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
    // Girok knows a request that comes again by it; others pass over it.
    'idempotency-key': key,
    ...(organisation !== undefined && { 'x-scope-orgid': organisation }),
  }
}

/** With 200 some records may be refused all the same: `partial_success { rejected, error_message }`. */
function withPartialSuccess(outcome: Outcome, answer: HttpAnswer, { count }: Piece): Outcome {
  if (outcome.result !== 'taken' || !isProtobuf(answer)) return outcome
  const partial = fieldsOf(answer.body).get(1)
  if (!(partial instanceof Buffer)) return outcome
  const fields = fieldsOf(partial)
  const [rejected, reason] = [fields.get(1), fields.get(2)]
  if (typeof rejected !== 'number' || rejected === 0) return outcome
  return {
    ...outcome,
    rejected: Math.min(rejected, count),
    reason: `refuses some: ${reason?.toString().slice(0, 300)}`,
  }
}

/** Errors are a `google.rpc.Status { code, message }`. */
function wordsOf(answer: HttpAnswer): string {
  if (!isProtobuf(answer)) return textOf(answer)
  const message = fieldsOf(answer.body).get(2)
  return message instanceof Buffer ? message.toString() : ''
}

function isProtobuf({ headers }: HttpAnswer): boolean {
  return headers['content-type']?.startsWith('application/x-protobuf') ?? false
}

/** Fields of a message from somebody else; none when it is not one. */
function fieldsOf(bytes: Buffer): Map<number, number | Buffer> {
  const fields = new Map<number, number | Buffer>()
  try {
    const walker = new FieldWalker(bytes)
    for (let field = walker.next(); field !== 0; field = walker.next()) fields.set(field, walker.content)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    fields.clear()
  }
  return fields
}
