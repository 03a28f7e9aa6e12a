import { type Complain, createComplaints } from '../complaints.ts'
import type { Handler } from '../handler.ts'
import { type ErrorCounter, errorCounterHandler } from './error-counter.ts'
import { metricIn, type PromClient, type PromRegistry } from './prom-client.ts'

/** Those of Python's prometheus_client, seconds. prom-client's own lack .075, .75 and 7.5, and quantiles would differ. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

export interface ApiMetricsOptions {
  /** Default: prom-client's own registry. */
  readonly registry?: PromRegistry
  /** Values of the label `endpoint`, and of `error_type`; further ones are counted as `other`. Default 1000. */
  readonly maxLabelValues?: number
  /** Told of values that prom-client refuses. Default: a warning of the logger `girok.sdk`. */
  readonly complain?: Complain
}

/** The metrics of an API. No method throws. */
export interface ApiMetrics extends ErrorCounter {
  requestStarted(): void
  /** Seconds. */
  requestEnded(method: string, endpoint: string, status: number, seconds: number): void
  /** Seconds. */
  aiInference(seconds: number): void
  /** 0 to 1; the metric is in percent. */
  cacheHitRate(rate: number): void
  /** Counts ERROR and above of the loggers that it is added to; ApiMonitor adds it to its own. */
  readonly errorHandler: Handler
  readonly registry: PromRegistry
}

/**
 * Metrics of an API by the prom-client that is passed in: api_requests_total, api_request_duration_seconds,
 * ai_inference_duration_seconds, active_connections, api_errors_total, cache_hit_rate. Metrics that the registry has
 * already are used, so that several monitors count together.
 */
export function apiMetrics(client: PromClient, options: ApiMetricsOptions = {}): ApiMetrics {
  const { registry = client.register, maxLabelValues = 1000, complain = createComplaints() } = options
  const requests = metricIn(registry, client.Counter, {
    name: 'api_requests_total',
    help: 'Total API requests',
    labelNames: ['method', 'endpoint', 'status'],
  })
  const durations = metricIn(registry, client.Histogram, {
    name: 'api_request_duration_seconds',
    help: 'API request duration',
    buckets: BUCKETS,
  })
  const inferences = metricIn(registry, client.Histogram, {
    name: 'ai_inference_duration_seconds',
    help: 'AI model inference duration',
    buckets: BUCKETS,
  })
  const connections = metricIn(registry, client.Gauge, {
    name: 'active_connections',
    help: 'Number of active connections',
  })
  const errors = metricIn(registry, client.Counter, {
    name: 'api_errors_total',
    help: 'Total API errors',
    labelNames: ['error_type'],
  })
  const hitRate = metricIn(registry, client.Gauge, { name: 'cache_hit_rate', help: 'Cache hit rate percentage' })
  const endpoints = boundedValues(maxLabelValues)
  const errorTypes = boundedValues(maxLabelValues)

  function safely(update: () => void): void {
    try {
      update()
    } catch (error) {
      complain(`a metric was not counted: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  const countError = (errorType: string) => safely(() => errors.inc({ error_type: errorTypes(errorType) }))
  return {
    requestStarted: () => safely(() => connections.inc()),
    requestEnded(method, endpoint, status, seconds) {
      safely(() => requests.inc({ method, endpoint: endpoints(endpoint), status }))
      safely(() => durations.observe(seconds))
      safely(() => connections.dec())
    },
    aiInference: (seconds) => safely(() => inferences.observe(seconds)),
    cacheHitRate: (rate) => safely(() => hitRate.set(rate * 100)),
    countError,
    errorHandler: errorCounterHandler({ countError }),
    registry,
  }
}

/**
 * apiMetrics with the installed prom-client.
 * @throws Error that says what to install when there is none
 */
export async function loadApiMetrics(options: ApiMetricsOptions = {}): Promise<ApiMetrics> {
  let client: PromClient & { default?: PromClient }
  try {
    client = await import('prom-client')
  } catch (error) {
    throw new Error('metrics need the package prom-client: npm install prom-client', { cause: error })
  }
  return apiMetrics(client.default ?? client, options)
}

interface MetricsResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: string): unknown
}

/** Answers `GET /metrics` in Prometheus' text format: a listener for node:http, a route for Express. Never rejects. */
export function metricsEndpoint(
  registry: PromRegistry,
): (request: unknown, response: MetricsResponse) => Promise<void> {
  return async (_request, response) => {
    try {
      const body = await registry.metrics()
      response.writeHead(200, { 'content-type': registry.contentType })
      response.end(body)
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
      response.end(`metrics cannot be collected: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
}

/** A path with an id in it makes a series per request, which no Prometheus survives. */
function boundedValues(max: number): (value: string) => string {
  const known = new Set<string>()
  return (value) => {
    if (known.has(value)) return value
    if (known.size >= max) return 'other'
    known.add(value)
    return value
  }
}
