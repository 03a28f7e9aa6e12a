import { z } from 'zod'
import { GirokError } from '../../model/errors.ts'
import { type Assembled, Assembler } from '../batch/assembler.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import { ProtobufReader } from '../decode/protobuf.ts'
import { Delivery } from '../delivery.ts'
import type { Headers } from '../headers.ts'
import { Intake } from '../intake.ts'
import type { GrpcCall, GrpcListener } from '../listen/listener.ts'
import { type StreamOptions, streamOptions } from '../listen/options.ts'
import { exportMessage, exportResponse, renderOtlpError } from '../otlp/answer.ts'
import { decodeOtlpJson } from '../otlp/json.ts'
import { EXPORT_METRICS, OtlpMetrics } from '../otlp/metrics-intake.ts'
import { decodeOtlpProtobuf } from '../otlp/protobuf.ts'
import { formOf, otlpBody } from '../otlp/request.ts'
import { defineReceiver, type ReceiverContext, type ReceiverRequest } from '../receiver.ts'

const NAME = 'otlp'

/**
 * OpenTelemetry's logs and metrics over HTTP, protobuf or JSON, and over gRPC. Answers as OTLP says: 200 for a request
 * without records too, with `partial_success` when some records were refused and the others stored; with 400, 429 or 503
 * nothing was stored, and the body is a `google.rpc.Status`.
 */
export const otlp = defineReceiver({
  name: NAME,
  summary: 'OpenTelemetry logs and metrics (OTLP) over HTTP, protobuf and JSON, and over gRPC: SDKs, collector, Alloy',
  options: z.strictObject({
    grpc: streamOptions(4317, 'OTLP over gRPC, with TLS or without.', { maxFrame: '16MiB' }),
  }),
  example: `curl -fsS "$URL/v1/logs" -H 'Content-Type: application/json' -d '{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"demo"}}]},"scopeLogs":[{"logRecords":[{"severityNumber":9,"body":{"stringValue":"hello from curl"}}]}]}]}'`,
  snippets: [
    {
      title: 'OpenTelemetry Collector',
      language: 'yaml',
      text: `exporters:
  otlphttp/girok:
    logs_endpoint: $URL/v1/logs
    metrics_endpoint: $URL/v1/metrics
    compression: zstd
  otlp/girok:
    endpoint: $HOST:$PORT_GRPC
    tls:
      insecure: true
service:
  pipelines:
    logs:
      exporters: [otlp/girok]
    metrics:
      exporters: [otlp/girok]
`,
    },
    {
      title: 'OpenTelemetry SDKs',
      language: 'sh',
      text: `export OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=$URL/v1/logs
export OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http/protobuf
export OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=$URL/v1/metrics
export OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/protobuf
`,
    },
  ],
  open: (options, context) => {
    const intakes = {
      'application/json': new Intake(NAME, context, renderOtlpError('application/json')),
      'application/x-protobuf': new Intake(NAME, context, renderOtlpError('application/x-protobuf')),
    }
    const directory = new StreamDirectory()
    const routes = ['/v1/logs', '/otlp/v1/logs'].map((path) => ({
      method: 'POST' as const,
      path,
      refuse: (error: GirokError, headers: Headers) => intakes[formOf({ headers })].refuse(error),
      handle: (request: ReceiverRequest) => {
        const form = formOf(request)
        return intakes[form].handle(
          request,
          () => decode(request, context, directory),
          ({ batch, refusals }) => {
            if (refusals.total > 0 && batch.count === 0) throw new GirokError('bad_request', refusals.text())
            return exportResponse(refusals.total, refusals.text(), form)
          },
        )
      },
    }))
    const metrics = new OtlpMetrics(NAME, context)
    const grpc = grpcListener(options.grpc, context, directory, metrics)
    return { routes: [...routes, ...metrics.routes()], listeners: [grpc] }
  },
})

const EXPORT_LOGS = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'

/** The same by gRPC: errors are told by a status and its details. */
function grpcListener(
  options: StreamOptions,
  context: ReceiverContext,
  directory: StreamDirectory,
  metrics: OtlpMetrics,
): GrpcListener {
  const delivery = new Delivery(NAME, context)
  const decodeMessage = (message: Buffer, tenant: string): Assembled => {
    const { limits, now } = context
    const assembler = new Assembler(tenant, NAME, message, limits, now())
    decodeOtlpProtobuf(new ProtobufReader(message), assembler, { tenant, limits, directory, nowMs: now() })
    return assembler.finish()
  }
  const exportLogs = async ({ tenant, message }: GrpcCall): Promise<Buffer> => {
    try {
      const assembled = await delivery.decoded(() => decodeMessage(message, tenant))
      await delivery.deliver(assembled)
      const { batch, refusals } = assembled
      if (refusals.total > 0 && batch.count === 0) throw new GirokError('bad_request', refusals.text())
      if (refusals.total > 0) delivery.remember(tenant, 200, refusals.text())
      return exportMessage(refusals.total, refusals.text())
    } catch (error) {
      if (error instanceof GirokError) delivery.remember(tenant, error.status, error.message)
      throw error
    }
  }
  const exportMetrics = (call: GrpcCall) => metrics.exportByGrpc(call)
  const methods = { [EXPORT_LOGS]: exportLogs, [EXPORT_METRICS]: exportMetrics }
  return { kind: 'grpc', name: 'grpc', options, methods }
}

async function decode(
  request: ReceiverRequest,
  { limits, now }: ReceiverContext,
  directory: StreamDirectory,
): Promise<Assembled> {
  const { tenant } = request
  const body = await otlpBody(request, limits)
  const nowMs = now()
  const json = formOf(request) === 'application/json'
  // Lines of JSON are all texts of their own: the body need not travel on.
  const assembler = new Assembler(tenant, NAME, json ? Buffer.alloc(0) : body, limits, nowMs)
  const options = { tenant, limits, directory, nowMs }
  if (json) decodeOtlpJson(body, assembler, options)
  else decodeOtlpProtobuf(new ProtobufReader(body), assembler, options)
  return assembler.finish()
}
