// A program of a user with OpenTelemetry's own SDK: prints what it collected as {json, protobuf} in base64. The argument
// is the temporality, `cumulative` or `delta`. A process of its own, because the test runner finds other builds of the SDK.
import transformer from '@opentelemetry/otlp-transformer'
import resources from '@opentelemetry/resources'
import sdk from '@opentelemetry/sdk-metrics'

const temporality =
  process.argv[2] === 'delta' ? sdk.AggregationTemporality.DELTA : sdk.AggregationTemporality.CUMULATIVE
const exporter = new sdk.InMemoryMetricExporter(temporality)
const reader = new sdk.PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
const provider = new sdk.MeterProvider({
  resource: resources.resourceFromAttributes({
    'service.name': 'shop',
    'service.namespace': 'eu',
    'service.instance.id': 'pod-1',
    'host.name': 'h1',
  }),
  readers: [reader],
  views: [
    { instrumentName: 'exp', aggregation: { type: sdk.AggregationType.EXPONENTIAL_HISTOGRAM } },
    {
      instrumentName: 'http.duration',
      aggregation: {
        type: sdk.AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
        options: { boundaries: [0.1, 1, 10], recordMinMax: true },
      },
    },
  ],
})
const meter = provider.getMeter('test', '1.0')
const requests = meter.createCounter('http.requests', { description: 'Requests\nserved', unit: '{request}' })
requests.add(3, { 'http.route': '/a', code: 200 })
requests.add(2.5, { 'http.route': '/b', code: 500 })
meter.createUpDownCounter('queue.length').add(-7)
meter.createObservableGauge('load', { unit: '1' }).addCallback((result) => result.observe(0.25, { cpu: 0 }))
const duration = meter.createHistogram('http.duration', { unit: 's' })
for (const value of [0.05, 0.5, 0.6, 99]) duration.record(value, { 'http.route': '/a' })
meter.createHistogram('exp').record(1)
await provider.forceFlush()
const [collected] = exporter.getMetrics()
await provider.shutdown()
const base64 = (serializer) => Buffer.from(serializer.serializeRequest(collected)).toString('base64')
console.log(
  JSON.stringify({
    json: base64(transformer.JsonMetricsSerializer),
    protobuf: base64(transformer.ProtobufMetricsSerializer),
  }),
)
