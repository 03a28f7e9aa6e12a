import { GirokError } from '../../model/errors.ts'
import { ProtobufReader } from '../decode/protobuf.ts'
import { Delivery } from '../delivery.ts'
import type { Headers } from '../headers.ts'
import { refusal } from '../intake.ts'
import type { GrpcCall } from '../listen/listener.ts'
import type { AssembledSamples } from '../prometheus/sample-assembler.ts'
import { deliverSamples } from '../prometheus/sample-delivery.ts'
import type { ReceiverContext, ReceiverRequest, ReceiverResponse, ReceiverRoute } from '../receiver.ts'
import { exportMessage, exportResponse, type OtlpForm, renderOtlpError } from './answer.ts'
import { decodeMetricsJson } from './metrics-json.ts'
import { decodeMetricsProtobuf } from './metrics-protobuf.ts'
import { MetricsToSamples } from './metrics-sink.ts'
import { formOf, otlpBody } from './request.ts'

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
      refuse: (error: GirokError, headers: Headers) => refusedIn(formOf({ headers }), error),
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
    const form = formOf(request)
    try {
      const { total, text } = await this.#store(tenant, async () =>
        this.#decode(tenant, await otlpBody(request, this.#context.limits), form === 'application/json'),
      )
      return exportResponse(total, text, form, 'rejectedDataPoints')
    } catch (error) {
      if (!(error instanceof GirokError)) throw error
      this.#delivery.remember(tenant, error.status, error.message)
      return refusedIn(form, error)
    }
  }

  /** Decodes and stores; tells how many were refused while others were stored, and why. */
  async #store(
    tenant: string,
    decode: () => AssembledSamples | Promise<AssembledSamples>,
  ): Promise<{ readonly total: number; readonly text: string }> {
    const assembled = await this.#delivery.decoded(decode)
    await deliverSamples(this.#context, assembled)
    const { batch, refusals } = assembled
    const text = refusals.text()
    if (refusals.total > 0 && batch.count === 0) throw new GirokError('bad_request', text)
    if (refusals.total > 0) this.#delivery.remember(tenant, 200, text)
    return { total: refusals.total, text }
  }

  #decode(tenant: string, body: Buffer, isJson: boolean): AssembledSamples {
    const { samples, now } = this.#context
    const assembler = samples.assembler(tenant, this.#name, body.length / BYTES_PER_POINT)
    const sink = new MetricsToSamples(assembler, { resolver: samples.resolver, tenant, nowMs: now() })
    if (isJson) decodeMetricsJson(body, sink)
    else decodeMetricsProtobuf(new ProtobufReader(body), sink)
    return assembler.finish()
  }
}

function refusedIn(form: OtlpForm, error: GirokError): ReceiverResponse {
  return refusal(error, renderOtlpError(form)(error))
}
