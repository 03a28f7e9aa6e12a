import type { Labels } from '@girok/query'
import { jsonLabels } from '../loki/encode.ts'
import { parseRange, requireQuery, requireSize } from '../loki/params.ts'
import { JSON_TYPE, readRoute } from '../loki/read-route.ts'
import { type ApiRequest, type ApiResponse, json, type RouteFamily } from '../route.ts'

/** Labels, their values, series and index statistics: what clients ask before they query. */
export const lokiIndex: RouteFamily = ({ engine, now }) => {
  const context = ({ params, tenant, signal }: ApiRequest) => ({ tenant, signal, ...parseRange(params, now()) })
  const restricted = (request: ApiRequest) => {
    const query = request.params.get('query')
    return { ...context(request), ...(query ? { query } : {}) }
  }

  async function labels(request: ApiRequest): Promise<ApiResponse> {
    return names(await engine.labels(restricted(request)))
  }

  async function labelValues(request: ApiRequest): Promise<ApiResponse> {
    const name = request.path.name ?? ''
    return names(await engine.labelValues({ ...restricted(request), name }))
  }

  async function series(request: ApiRequest): Promise<ApiResponse> {
    return seriesAnswer(await engine.series({ ...context(request), match: selectors(request.params) }))
  }

  async function stats(request: ApiRequest): Promise<ApiResponse> {
    const query = requireQuery(request.params)
    return json(await engine.stats({ ...context(request), query }), 200, JSON_TYPE)
  }

  /** Loki's own front end asks for these to cut a query into pieces; there is one piece here, whatever its size. */
  async function shards(request: ApiRequest): Promise<ApiResponse> {
    const query = requireQuery(request.params)
    requireSize(request.params, 'targetBytesPerShard')
    const whole = await engine.stats({ ...context(request), query })
    const bounds = { min: 0, max: '18446744073709551615' }
    return json({ shards: [{ bounds, stats: whole }], statistics: {}, chunkGroups: [] }, 200, JSON_TYPE)
  }

  return [
    readRoute('/loki/api/v1/labels', labels),
    readRoute('/loki/api/v1/label', labels),
    readRoute('/loki/api/v1/label/:name/values', labelValues),
    readRoute('/loki/api/v1/series', series),
    readRoute('/loki/api/v1/index/stats', stats),
    readRoute('/loki/api/v1/index/shards', shards),
    readRoute('/api/prom/series', series),
  ]
}

/** `match[]`, which may be repeated, and the older `match`. */
function selectors(params: URLSearchParams): string[] {
  return [...params.getAll('match[]'), ...params.getAll('match')]
}

function seriesAnswer(found: readonly Labels[]): ApiResponse {
  const body = `{"status":"success","data":[${found.map(jsonLabels).join(',')}]}\n`
  return { status: 200, headers: { 'content-type': JSON_TYPE }, body }
}

/** Loki leaves `data` out when there is nothing. */
function names(data: readonly string[]): ApiResponse {
  return json(data.length > 0 ? { status: 'success', data } : { status: 'success' }, 200, JSON_TYPE)
}
