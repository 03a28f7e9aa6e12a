import { GirokError } from '../../model/errors.ts'
import { jsonLabels } from '../loki/encode.ts'
import { parseLimit, parseRange, requireQuery } from '../loki/params.ts'
import { type ApiRequest, type ApiResponse, json, type Route, type RouteFamily } from '../route.ts'

const both = (path: string, handle: Route['handle']): Route => ({
  methods: ['GET', 'POST'],
  path,
  scope: 'query',
  errors: 'text',
  handle,
})

/** Labels, their values, series, statistics and volume: what clients ask before they query. */
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
    const match = [...request.params.getAll('match[]'), ...request.params.getAll('match')]
    const found = await engine.series({ ...context(request), match })
    const body = `{"status":"success","data":[${found.map(jsonLabels).join(',')}]}\n`
    return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body }
  }

  async function stats(request: ApiRequest): Promise<ApiResponse> {
    const query = requireQuery(request.params)
    return json(await engine.stats({ ...context(request), query }))
  }

  async function volume(request: ApiRequest): Promise<ApiResponse> {
    const query = requireQuery(request.params)
    const time = context(request)
    const aggregateBy = request.params.get('aggregateBy') || 'series'
    if (aggregateBy !== 'series' && aggregateBy !== 'labels') {
      throw new GirokError('bad_request', 'invalid aggregation option: use aggregateBy=series or aggregateBy=labels')
    }
    const targetLabels = (request.params.get('targetLabels') ?? '').split(',').filter(Boolean)
    const limit = parseLimit(request.params, 'limit', 100)
    const entries = await engine.volume({ ...time, query, aggregateBy, targetLabels, limit })
    const seconds = Number(time.endNs / 1_000_000n) / 1e3
    const rows = entries.map(({ labels, bytes }) => `{"metric":${jsonLabels(labels)},"value":[${seconds},"${bytes}"]}`)
    const body = `{"status":"success","data":{"resultType":"vector","result":[${rows.join(',')}]}}\n`
    return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body }
  }

  return [
    both('/loki/api/v1/labels', labels),
    both('/loki/api/v1/label', labels),
    both('/loki/api/v1/label/:name/values', labelValues),
    both('/loki/api/v1/series', series),
    both('/loki/api/v1/index/stats', stats),
    both('/loki/api/v1/index/volume', volume),
  ]
}

/** Loki leaves `data` out when there is nothing. */
function names(data: readonly string[]): ApiResponse {
  return json(data.length > 0 ? { status: 'success', data } : { status: 'success' })
}
