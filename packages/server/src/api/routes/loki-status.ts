import { checkLogQL, formatQuery, parseLogQL, QueryError, refuseExtensions } from '@girok/query'
import { json, type RouteFamily, text } from '../route.ts'

/** Version, readiness and the query formatter: what Grafana's data source probes. */
export const lokiStatus: RouteFamily = ({ engine, store, version }) => [
  {
    methods: ['GET'],
    path: '/loki/api/v1/status/buildinfo',
    scope: 'query',
    errors: 'text',
    // Grafana switches features on by this version, so it is the Loki release whose API is spoken; ours is beside it.
    handle: () =>
      json({
        version: '3.8.0',
        revision: `girok-${version}`,
        branch: 'girok',
        buildUser: '',
        buildDate: '',
        goVersion: '',
      }),
  },
  {
    methods: ['GET'],
    path: '/ready',
    scope: undefined,
    errors: 'text',
    handle: () => {
      const { state, detail } = store.health()
      return state === 'ready' || state === 'disk_full' ? text('ready\n') : text(`${detail ?? state}\n`, 503)
    },
  },
  {
    methods: ['GET', 'POST'],
    path: '/loki/api/v1/format_query',
    scope: 'query',
    errors: 'text',
    handle: ({ params }) => {
      try {
        const query = params.get('query') ?? ''
        // Loki's formatter does not compile the expressions of line filters either; running such a query is refused.
        const expr = parseLogQL(query)
        checkLogQL(expr, query, { lineRegexes: false })
        if (!engine.dialect.extensions) refuseExtensions(expr, query)
        return json({ status: 'success', data: formatQuery(query) })
      } catch (error) {
        if (!(error instanceof QueryError)) throw error
        return json({ status: 'invalid-query', error: error.message }, 400)
      }
    },
  },
]
