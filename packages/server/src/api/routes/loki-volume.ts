import { GirokError } from '../../model/errors.ts'
import { jsonLabels, sampleTime } from '../loki/encode.ts'
import { parseLimit, parseRange, parseStepParameter, requireQuery } from '../loki/params.ts'
import { JSON_TYPE, readRoute } from '../loki/read-route.ts'
import type { ApiRequest, ApiResponse, RouteFamily } from '../route.ts'

/** How many bytes of lines there are, by stream labels or label names: in all, and by buckets of time. */
export const lokiVolume: RouteFamily = ({ engine, now }) => {
  const asked = ({ params, tenant, signal }: ApiRequest) => {
    const aggregateBy = params.get('aggregateBy') || 'series'
    if (aggregateBy !== 'series' && aggregateBy !== 'labels') {
      throw new GirokError('bad_request', 'invalid aggregation option: use aggregateBy=series or aggregateBy=labels')
    }
    const targetLabels = (params.get('targetLabels') ?? '').split(',').filter(Boolean)
    // Zero means the default here, unlike everywhere else in Loki's API.
    const limit = params.get('limit') === '0' ? 100 : parseLimit(params, 'limit', 100)
    const query = requireQuery(params)
    return { tenant, signal, query, aggregateBy, targetLabels, limit, ...parseRange(params, now()) } as const
  }

  async function volume(request: ApiRequest): Promise<ApiResponse> {
    const wanted = asked(request)
    const entries = await engine.volume(wanted)
    const time = sampleTime(wanted.endNs)
    return answer(
      'vector',
      entries.map(({ labels, bytes }) => `{"metric":${jsonLabels(labels)},"value":[${time},"${bytes}"]}`),
    )
  }

  async function volumeRange(request: ApiRequest): Promise<ApiResponse> {
    const wanted = asked(request)
    const series = await engine.volumeRange({ ...wanted, stepNs: parseStepParameter(request.params, wanted) })
    // Loki calls it a vector as long as no series has two points.
    const single = series.every(({ buckets }) => buckets.length <= 1)
    const rows = series.map(({ labels, buckets }) => {
      const points = buckets.map(({ endNs, bytes }) => `[${sampleTime(endNs)},"${bytes}"]`)
      return `{"metric":${jsonLabels(labels)},${single ? `"value":${points[0]}` : `"values":[${points.join(',')}]`}}`
    })
    return answer(single ? 'vector' : 'matrix', rows)
  }

  return [readRoute('/loki/api/v1/index/volume', volume), readRoute('/loki/api/v1/index/volume_range', volumeRange)]
}

function answer(resultType: 'vector' | 'matrix', rows: readonly string[]): ApiResponse {
  const body = `{"status":"success","data":{"resultType":"${resultType}","result":[${rows.join(',')}]}}\n`
  return { status: 200, headers: { 'content-type': JSON_TYPE }, body }
}
