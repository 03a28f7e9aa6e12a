import { formatPromQL, parsePromQL } from '@girok/query/promql'
import { prometheusRoutes, success } from '../prometheus/answer.ts'
import { ofParameter } from '../prometheus/errors.ts'
import { queryOf } from '../prometheus/params.ts'
import { treeOf } from '../prometheus/tree.ts'
import type { RouteFamily } from '../route.ts'

/** Queries as texts and as trees; nothing is run. */
export const prometheusSyntax: RouteFamily = () => [
  ...prometheusRoutes(['GET', 'POST'], 'format_query', async ({ params }) =>
    success(await ofParameter('query', () => formatPromQL(queryOf(params)))),
  ),
  ...prometheusRoutes(['GET', 'POST'], 'parse_query', async ({ params }) =>
    success(treeOf(await ofParameter('query', () => parsePromQL(queryOf(params))))),
  ),
]
