import type { Registry } from '../telemetry/registry.ts'

const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Classes of routes, by the patterns of their paths; the first that fits counts. */
const CLASSES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['health', /^\/(?:healthz|readyz|ready|metrics|-\/.*)$/],
  ['query', /^(?:\/prometheus)?\/(?:loki\/)?api\/(?:v1|prom)\/(?:query|query_range|query_exemplars|read)$/],
  ['catalogue', /^\/(?:loki|api|prometheus|federate)\b/],
  ['dashboards', /^\/girok\/v1\/dashboards/],
  ['girok', /^\/girok\//],
]

/** A request that has been answered. */
export interface AnsweredRequest {
  /** The pattern of its route; undefined: none fitted. */
  readonly route: string | undefined
  /** The receiver that it was for, if any. */
  readonly receiver: string | undefined
  readonly seconds: number
}

/** Registers the durations of requests by class of route; answers what is to be called after each. */
export function measureRequests(registry: Registry): (request: AnsweredRequest) => void {
  const durations = registry.histogram(
    'girok_http_request_duration_seconds',
    'Durations of HTTP requests by class of route: ingest, query, catalogue, dashboards, girok, health or web.',
    BOUNDS,
  )
  return ({ route, receiver, seconds }) => durations.observe({ route: routeClass(route, receiver) }, seconds)
}

/** Exported for its test. */
export function routeClass(route: string | undefined, receiver: string | undefined): string {
  if (receiver !== undefined) return 'ingest'
  if (route === undefined) return 'web'
  return CLASSES.find(([, pattern]) => pattern.test(route))?.[0] ?? 'web'
}
