import { type ApiRequest, type ApiResponse, json, type Route } from '../route.ts'

/** The two addresses of each path of Prometheus' API: its own, and below a prefix for clients that are given one. */
export const PROMETHEUS_BASES = ['/api/v1', '/prometheus/api/v1'] as const

/** `{"status":"success","data":…}`, with warnings where there are any. */
export function success(data: unknown, warnings: readonly string[] = []): ApiResponse {
  return json({ status: 'success', data, ...(warnings.length > 0 && { warnings }) })
}

type Handle = (request: ApiRequest) => Promise<ApiResponse> | ApiResponse

/** A reading route below both addresses. `manyTenants` as of Route. */
export function prometheusRoutes(
  methods: readonly ('GET' | 'POST')[],
  path: string,
  handle: Handle,
  manyTenants = false,
): Route[] {
  return PROMETHEUS_BASES.map((base) => ({
    methods,
    path: `${base}/${path}`,
    scope: 'query',
    errors: 'prometheus',
    manyTenants,
    handle,
  }))
}
