import { GirokError } from '../../model/errors.ts'
import { decodeContent } from '../decode/content-encoding.ts'
import { ProtobufReader } from '../decode/protobuf.ts'
import { validUtf8 } from '../decode/utf8.ts'
import { Delivery } from '../delivery.ts'
import { headerOf, mediaTypeOf } from '../headers.ts'
import type { GrpcCall } from '../listen/listener.ts'
import type { AssembledSamples } from '../prometheus/sample-assembler.ts'
import { deliverSamples } from '../prometheus/sample-delivery.ts'
import { sampleIntakeOf } from '../prometheus/sample-intake.ts'
import type { ReceiverContext, ReceiverRequest, ReceiverResponse, ReceiverRoute } from '../receiver.ts'
import { exportMessage, exportResponse, type OtlpForm, otlpStatus, statusBody } from './answer.ts'
import { decodeMetricsJson } from './metrics-json.ts'
import { decodeMetricsProtobuf } from './metrics-protobuf.ts'
import { MetricsToSamples } from './metrics-sink.ts'

/** Full path of the gRPC method that {@link OtlpMetrics.exportByGrpc} is. */
export const EXPORT_METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export'

/** A data point without its attributes takes hardly less on the wire. */
const BYTES_PER_POINT = 32

/** OpenTelemetry's metrics, by HTTP and gRPC. Answers as for logs; refused data points are told in `partial_success`. */
export class OtlpMetrics {
  readonly #name: string
  readonly #context: ReceiverContext
  readonly #delivery: Delivery

  constructor(name: string, context: ReceiverContext) {
    this.#name = name
    this.#context = context
    this.#delivery = new Delivery(name, context)
  }

  routes(): ReceiverRoute[] {
    return ['/v1/metrics', '/otlp/v1/metrics'].map((path) => ({
      method: 'POST' as const,
      path,
      refuse: (error: GirokError) => refusal(error, 'application/x-protobuf'),
      handle: (request: ReceiverRequest) => this.#handle(request),
    }))
  }

  /** One call of {@link EXPORT_METRICS}: resolves to the answer's message, rejects with a GirokError. */
  async exportByGrpc({ tenant, message }: GrpcCall): Promise<Buffer> {
    try {
      const { total, text } = await this.#store(tenant, () => this.#decode(tenant, message, false))
      return exportMessage(total, text)
    } catch (error) {
      if (error instanceof GirokError) this.#delivery.remember(tenant, error.status, error.message)
      throw error
    }
  }

  async #handle(request: ReceiverRequest): Promise<ReceiverResponse> {
    const { tenant } = request
    const mediaType = mediaTypeOf(request)
    const form: OtlpForm = mediaType === 'application/json' ? 'application/json' : 'application/x-protobuf'
    try {
      const { total, text } = await this.#store(tenant, async () => {
        if (mediaType !== form) {
          throw new GirokError(
            'bad_request',
            `content type: ${mediaType.slice(0, 100) || '(none)'} is not supported: send application/x-protobuf or application/json`,
          )
        }
        const { maxDecompressedBytes } = this.#context.limits
        const encoding = headerOf(request, 'content-encoding').toLowerCase()
        const content = await decodeContent(request.body, encoding, maxDecompressedBytes)
        const isJson = form === 'application/json'
        return this.#decode(tenant, isJson ? validUtf8(content, maxDecompressedBytes) : content, isJson)
      })
      return exportResponse(total, text, form, 'rejectedDataPoints')
    } catch (error) {
      if (!(error instanceof GirokError)) throw error
      this.#delivery.remember(tenant, error.status, error.message)
      return refusal(error, form)
    }
  }

  /** Decodes and stores; tells how many were refused while others were stored, and why. */
  async #store(
    tenant: string,
    decode: () => AssembledSamples | Promise<AssembledSamples>,
  ): Promise<{ readonly total: number; readonly text: string }> {
    let assembled: AssembledSamples
    try {
      assembled = await decode()
    } catch (error) {
      this.#delivery.undecodable(error)
      throw error
    }
    await deliverSamples(this.#context, assembled)
    const { batch, refusals } = assembled
    const text = refusals.text()
    if (refusals.total > 0 && batch.count === 0) throw new GirokError('bad_request', text)
    if (refusals.total > 0) this.#delivery.remember(tenant, 200, text)
    return { total: refusals.total, text }
  }

  #decode(tenant: string, body: Buffer, isJson: boolean): AssembledSamples {
    const intake = sampleIntakeOf(this.#context)
    const assembler = intake.assembler(tenant, this.#name, body.length / BYTES_PER_POINT)
    const sink = new MetricsToSamples(assembler, {
      resolver: intake.resolver,
      tenant,
      nowMs: this.#context.now(),
    })
    if (isJson) decodeMetricsJson(body, sink)
    else decodeMetricsProtobuf(new ProtobufReader(body), sink)
    return assembler.finish()
  }
}

function refusal(error: GirokError, form: OtlpForm): ReceiverResponse {
  const headers: Record<string, string> = { 'content-type': form }
  if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(error.retryAfterSeconds)
  if (error.code === 'unauthorized') headers['www-authenticate'] = 'Bearer realm="girok"'
  return { status: otlpStatus(error), headers, body: statusBody(error, form) }
}
