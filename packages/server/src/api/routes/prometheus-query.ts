import type { PromAnswer } from '../../query/promql/prom-engine.ts'
import { prometheusRoutes } from '../prometheus/answer.ts'
import { type AnswerParts, answerBody, instantParts, matrixParts } from '../prometheus/encode.ts'
import { ofParameter } from '../prometheus/errors.ts'
import { gridOf, instantOf, limitOf, lookbackOf, pushdownOf, queryOf, timeoutOf } from '../prometheus/params.ts'
import { statsJson } from '../prometheus/stats.ts'
import type { ApiRequest, ApiResponse, RouteFamily } from '../route.ts'

/** `query` and `query_range`, as Prometheus answers them; besides: `pushdown=off`. */
export const prometheusQuery: RouteFamily = ({ prom, now }) => {
  const contextOf = ({ params, tenant, signal }: ApiRequest) => ({
    tenant,
    signal,
    limit: limitOf(params),
    timeoutMs: timeoutOf(params),
    lookbackMs: lookbackOf(params),
    pushdown: pushdownOf(params),
  })

  async function instant(request: ApiRequest): Promise<ApiResponse> {
    const { params } = request
    const context = contextOf(request)
    const timeMs = instantOf(params, now())
    const answer = await ofParameter('query', () => prom.instant({ ...context, query: queryOf(params), timeMs }))
    return told(params, answer, instantParts(answer))
  }

  async function range(request: ApiRequest): Promise<ApiResponse> {
    const { params } = request
    const grid = gridOf(params, prom.defaults.maxPoints)
    const context = contextOf(request)
    const answer = await ofParameter('query', () => prom.range({ ...context, ...grid, query: queryOf(params) }))
    return told(params, answer, matrixParts(answer))
  }

  return [
    ...prometheusRoutes(['GET', 'POST'], 'query', instant, true),
    ...prometheusRoutes(['GET', 'POST'], 'query_range', range, true),
  ]
}

function told(params: URLSearchParams, answer: PromAnswer, parts: AnswerParts): ApiResponse {
  const stats = params.get('stats') ? statsJson(answer) : undefined
  const { warnings, infos } = answer
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: answerBody(parts, { warnings, infos, stats }),
  }
}
