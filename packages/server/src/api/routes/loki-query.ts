import { parseLogQL } from '@girok/query'
import { GirokError } from '../../model/errors.ts'
import { encodeInstant, encodeMatrix, encodeStreams, envelope } from '../loki/encode.ts'
import { encodingFlags } from '../loki/encoding-flags.ts'
import {
  parseDirection,
  parseInterval,
  parseLimit,
  parsePushdown,
  parseRange,
  parseStepParameter,
  parseTimestamp,
  requireQuery,
  type TimeRange,
} from '../loki/params.ts'
import { JSON_TYPE, readRoute } from '../loki/read-route.ts'
import { headerLimits } from '../loki/request-limits.ts'
import type { ApiRequest, ApiResponse, RouteFamily } from '../route.ts'

/** `query` and `query_range`, as Loki answers them. */
export const lokiQuery: RouteFamily = ({ engine, reads, now }) => {
  const nowNs = (): bigint => BigInt(Math.round(now())) * 1_000_000n

  async function instant({ params, headers, tenant, signal }: ApiRequest): Promise<ApiResponse> {
    const query = requireQuery(params)
    const time = params.get('time')
    const timeNs = time ? parseTimestamp(time, 'time') : nowNs()
    parseLimit(params, 'limit', 100)
    parseDirection(params)
    if (parseLogQL(query).kind === 'log') {
      throw new GirokError(
        'bad_query',
        'log queries are not supported as an instant query type, please change your query to a range query type',
      )
    }
    const { value, warnings, stats } = await engine.metric({
      tenant,
      query,
      startNs: timeNs,
      endNs: timeNs,
      stepNs: 1_000_000_000n,
      signal,
      pushdown: parsePushdown(params),
      limits: headerLimits(headers['x-loki-query-limits']),
      partialSeries: isDrilldown(headers),
    })
    const { type, result } = encodeInstant(value, timeNs)
    return answer(envelope({ resultType: type, result, stats, warnings }))
  }

  async function range({ params, headers, tenant, signal }: ApiRequest): Promise<ApiResponse> {
    const query = requireQuery(params)
    const limits = headerLimits(headers['x-loki-query-limits'])
    const asked = parseRange(params, now())
    const stepNs = parseStepParameter(params, asked)
    const intervalNs = parseInterval(params)
    const limit = parseLimit(params, 'limit', 100)
    const direction = parseDirection(params)
    const time = lookedBack(asked, limits?.lookbackNs, nowNs())
    const context = { tenant, query, ...time, stepNs, signal, pushdown: parsePushdown(params), limits }
    if (parseLogQL(query).kind === 'log') {
      const flags = encodingFlags(headers)
      const { entries, stats } = await engine.logs({ ...context, limit, direction, intervalNs })
      const result = encodeStreams(entries, flags.includes('categorize-labels'))
      return answer(envelope({ resultType: 'streams', result, stats, flags }))
    }
    const grid = reads.alignWithStep ? aligned(time, stepNs) : time
    const partialSeries = isDrilldown(headers)
    const { value, warnings, stats } = await engine.metric({ ...context, ...grid, partialSeries })
    const { type, result } = await encodeMatrix(value, { startNs: grid.startNs, stepNs })
    return answer(envelope({ resultType: type, result, stats, warnings }))
  }

  return [readRoute('/loki/api/v1/query', instant), readRoute('/loki/api/v1/query_range', range)]
}

function answer(body: string): ApiResponse {
  return { status: 200, headers: { 'content-type': JSON_TYPE }, body }
}

/** Logs Drilldown shows part of too many series, and a warning; others want an error. */
function isDrilldown(headers: ApiRequest['headers']): boolean {
  return /(?:^|,)\s*source=grafana-lokiexplore-app\s*(?:,|$)/i.test(String(headers['x-query-tags'] ?? ''))
}

/** The part of a range that lies within the lookback. */
function lookedBack(range: TimeRange, lookbackNs: bigint | undefined, nowNs: bigint): TimeRange {
  if (lookbackNs === undefined) return range
  const oldestNs = nowNs - lookbackNs
  if (range.startNs >= oldestNs) return range
  return range.endNs < oldestNs ? { startNs: oldestNs, endNs: oldestNs } : { startNs: oldestNs, endNs: range.endNs }
}

/** The range widened to whole multiples of the step: what a dashboard asks for a moment later has the same points. */
function aligned({ startNs, endNs }: TimeRange, stepNs: bigint): TimeRange {
  return { startNs: (startNs / stepNs) * stepNs, endNs: ((endNs + stepNs - 1n) / stepNs) * stepNs }
}
