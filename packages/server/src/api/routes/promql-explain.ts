import { parsePromQL } from '@girok/query/promql'
import { ofParameter } from '../prometheus/errors.ts'
import { gridOf, instantOf, queryOf } from '../prometheus/params.ts'
import { treeOf } from '../prometheus/tree.ts'
import { type ApiRequest, type ApiResponse, json, type RouteFamily } from '../route.ts'

/** How a query in PromQL would be answered: its tree, what the store is asked, and what is left out of that. Nothing is run. */
export const promqlExplain: RouteFamily = ({ prom, now }) => {
  async function explain({ params, tenant, signal }: ApiRequest): Promise<ApiResponse> {
    const query = queryOf(params)
    const tree = treeOf(await ofParameter('query', () => parsePromQL(query)))
    const grid = params.get('start') ? gridOf(params, prom.defaults.maxPoints) : atOnce(instantOf(params, now()))
    const { sql, pushed } = await ofParameter('query', () => prom.explain({ tenant, signal, query, ...grid }))
    return json({ tree, pushed, sql })
  }
  return [
    {
      methods: ['GET', 'POST'],
      path: '/girok/v1/promql/explain',
      scope: 'query',
      errors: 'prometheus',
      handle: explain,
    },
  ]
}

function atOnce(timeMs: number): ReturnType<typeof gridOf> {
  return { startMs: timeMs, endMs: timeMs, stepMs: 1 }
}
