import { parseLogQL } from '@girok/query'
import { GirokError } from '../../model/errors.ts'
import { encodeInstant, encodeMatrix, encodeStreams, envelope } from '../loki/encode.ts'
import {
  parseDirection,
  parseInterval,
  parseLimit,
  parsePushdown,
  parseRange,
  parseStepParameter,
  parseTimestamp,
  requireQuery,
} from '../loki/params.ts'
import type { ApiRequest, ApiResponse, RouteFamily } from '../route.ts'

const JSON_TYPE = 'application/json; charset=UTF-8'

/** `query` and `query_range`, as Loki answers them (also under the prefix that Grafana's rulers use). */
export const lokiQuery: RouteFamily = ({ engine, now }) => {
  async function instant({ params, tenant, signal }: ApiRequest): Promise<ApiResponse> {
    const query = requireQuery(params)
    const time = params.get('time')
    const timeNs = time ? parseTimestamp(time, 'time') : BigInt(Math.round(now())) * 1_000_000n
    parseLimit(params, 'limit', 100)
    parseDirection(params)
    if (parseLogQL(query).kind === 'log') {
      throw new GirokError(
        'bad_query',
        'log queries are not supported as an instant query type, please change your query to a range query type',
      )
    }
    const { value, stats } = await engine.metric({
      tenant,
      query,
      startNs: timeNs,
      endNs: timeNs,
      stepNs: 1_000_000_000n,
      signal,
      pushdown: parsePushdown(params),
    })
    const { type, result } = encodeInstant(value, timeNs)
    return { status: 200, headers: { 'content-type': JSON_TYPE }, body: envelope(type, result, stats, []) }
  }

  async function range({ params, headers, tenant, signal }: ApiRequest): Promise<ApiResponse> {
    const query = requireQuery(params)
    const time = parseRange(params, now())
    const stepNs = parseStepParameter(params, time)
    const intervalNs = parseInterval(params)
    const limit = parseLimit(params, 'limit', 100)
    const direction = parseDirection(params)
    const context = { tenant, query, ...time, signal, pushdown: parsePushdown(params) }
    if (parseLogQL(query).kind === 'log') {
      const flags = encodingFlags(headers['x-loki-response-encoding-flags'])
      const { entries, stats } = await engine.logs({ ...context, limit, direction, intervalNs })
      const body = envelope('streams', encodeStreams(entries, flags.includes('categorize-labels')), stats, flags)
      return { status: 200, headers: { 'content-type': JSON_TYPE }, body }
    }
    const { value, stats } = await engine.metric({ ...context, stepNs })
    const { type, result } = await encodeMatrix(value, { startNs: time.startNs, stepNs })
    return { status: 200, headers: { 'content-type': JSON_TYPE }, body: envelope(type, result, stats, []) }
  }

  return [
    { methods: ['GET', 'POST'], path: '/loki/api/v1/query', scope: 'query', errors: 'text', handle: instant },
    { methods: ['GET', 'POST'], path: '/loki/api/v1/query_range', scope: 'query', errors: 'text', handle: range },
  ]
}

/** Loki knows one flag; unknown ones are ignored. */
function encodingFlags(header: string | string[] | undefined): string[] {
  const names = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((flag) => flag.trim())
  return names.includes('categorize-labels') ? ['categorize-labels'] : []
}
