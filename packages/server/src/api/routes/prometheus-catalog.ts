import { GirokError } from '../../model/errors.ts'
import { prometheusRoutes, success } from '../prometheus/answer.ts'
import { invalidParameter, ofParameter } from '../prometheus/errors.ts'
import { unescapeLabelName } from '../prometheus/label-name.ts'
import { matchersOf } from '../prometheus/matchers.ts'
import { valueText } from '../prometheus/number-text.ts'
import { limitOf, queryOf, spanOf } from '../prometheus/params.ts'
import type { ApiRequest, ApiResponse, RouteFamily } from '../route.ts'

const TRUNCATED = ['results truncated due to limit']

/** Which series, names and values there are, what metrics are, and exemplars: what editors of queries ask for. */
export const prometheusCatalog: RouteFamily = ({ prom }) => {
  const rangeOf = async ({ params, tenant, signal }: ApiRequest) => ({
    tenant,
    signal,
    ...spanOf(params),
    matchers: await matchersOf(params),
  })

  async function series(request: ApiRequest): Promise<ApiResponse> {
    if (!request.params.has('match[]')) throw new GirokError('bad_request', 'no match[] parameter provided')
    const limit = limitOf(request.params)
    const found = await prom.series({ ...(await rangeOf(request)), limit: oneMore(limit) })
    return upTo(
      limit,
      found.map((labels) => Object.fromEntries(labels)),
    )
  }

  async function labels(request: ApiRequest): Promise<ApiResponse> {
    const limit = limitOf(request.params)
    return upTo(limit, await prom.labels({ ...(await rangeOf(request)), limit: oneMore(limit) }))
  }

  async function values(request: ApiRequest): Promise<ApiResponse> {
    const name = unescapeLabelName(request.path.name ?? '')
    if (name === '' || name.includes('\ufffd')) {
      throw new GirokError('bad_request', `invalid label name: ${JSON.stringify(name)}`)
    }
    const limit = limitOf(request.params)
    return upTo(limit, await prom.labelValues({ ...(await rangeOf(request)), name, limit: oneMore(limit) }))
  }

  function metadata({ params, tenant }: ApiRequest): ApiResponse {
    const [limit, perMetric] = ['limit', 'limit_per_metric'].map((name) => wholeNumber(params, name))
    const metric = params.get('metric')
    const told: [string, object[]][] = []
    for (const [name, { type, help, unit }] of prom.metadata(tenant)) {
      if (limit !== undefined && told.length >= limit) break
      if (metric && name !== metric) continue
      // One description of each metric is kept: the newest.
      told.push([name, perMetric === 0 ? [] : [{ type, help, unit }]])
    }
    return success(Object.fromEntries(told))
  }

  async function exemplars({ params, tenant, signal }: ApiRequest): Promise<ApiResponse> {
    const span = spanOf(params)
    const query = queryOf(params)
    const found = await ofParameter('query', () => prom.exemplars({ tenant, signal, ...span, query }))
    return success(
      found.map(({ series, exemplars }) => ({
        seriesLabels: Object.fromEntries(series),
        exemplars: exemplars.map(({ labels, value, timeMs }) => ({
          labels: Object.fromEntries(labels),
          value: valueText(value),
          timestamp: timeMs / 1000,
        })),
      })),
    )
  }

  return [
    ...prometheusRoutes(['GET', 'POST'], 'series', series, true),
    ...prometheusRoutes(['GET', 'POST'], 'labels', labels, true),
    ...prometheusRoutes(['GET'], 'label/:name/values', values, true),
    ...prometheusRoutes(['GET'], 'metadata', metadata),
    ...prometheusRoutes(['GET', 'POST'], 'query_exemplars', exemplars),
  ]
}

/** What has to be asked for to know that there is more than the limit. */
function oneMore(limit: number | undefined): number | undefined {
  return limit === undefined ? undefined : limit + 1
}

function upTo(limit: number | undefined, found: readonly unknown[]): ApiResponse {
  return limit !== undefined && found.length > limit ? success(found.slice(0, limit), TRUNCATED) : success(found)
}

/** Limits of metadata: negative ones are none, 0 is nothing. */
function wholeNumber(params: URLSearchParams, name: string): number | undefined {
  const text = params.get(name)
  if (!text) return undefined
  if (!/^[+-]?\d{1,15}$/.test(text)) throw invalidParameter(name, `${name} must be a number`)
  return Number(text) < 0 ? undefined : Number(text)
}
