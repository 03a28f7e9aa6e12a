import type { ExplainResponse, RunningQueriesResponse, StatusResponse } from '../contract.ts'
import { parseLimit, parsePushdown, parseRange, parseStepParameter, requireQuery } from '../loki/params.ts'
import { json, type RouteFamily } from '../route.ts'

const NS_PER_HOUR = 3_600_000_000_000n

/** State of the server, running queries, query plans. */
export const status: RouteFamily = ({ engine, store, version, startedMs, now }) => {
  /** From the stream index alone, so that a page may poll it. */
  function newestNs(tenant: string): string | undefined {
    const nowNs = BigInt(Math.round(now())) * 1_000_000n
    let newestHour = -1
    for (const stream of store.streams.list(tenant, 0n, nowNs + NS_PER_HOUR)) {
      if (stream.lastHour > newestHour) newestHour = stream.lastHour
    }
    if (newestHour < 0) return undefined
    const endOfHour = BigInt(newestHour + 1) * NS_PER_HOUR
    return (endOfHour < nowNs ? endOfHour : nowNs).toString()
  }
  return [
    {
      methods: ['GET'],
      path: '/girok/v1/status',
      scope: 'query',
      errors: 'json',
      handle: async (request) => {
        const usage = await store.usage()
        const { state, detail } = store.health()
        const newest = newestNs(request.tenant)
        const response: StatusResponse = {
          version,
          startedMs,
          tenant: request.tenant,
          scopes: request.scopes,
          store: {
            kind: store.driver.kind,
            state,
            ...(detail ? { detail } : {}),
            rows: usage.rows,
            bytesOnDisk: usage.bytesOnDisk,
            samples: usage.samples,
            activeParts: usage.activeParts,
          },
          ...(newest === undefined ? {} : { newestNs: newest }),
        }
        return json(response)
      },
    },
    {
      methods: ['GET'],
      path: '/girok/v1/queries',
      scope: 'admin',
      errors: 'json',
      handle: () => json({ queries: engine.running() } satisfies RunningQueriesResponse),
    },
    {
      // A POST as well, because queries may be longer than a URL may be.
      methods: ['GET', 'POST'],
      path: '/girok/v1/explain',
      scope: 'query',
      errors: 'json',
      handle: async ({ tenant, params, signal }) => {
        const range = parseRange(params, now())
        const explained = await engine.explainQuery({
          tenant,
          query: requireQuery(params),
          ...range,
          stepNs: parseStepParameter(params, range),
          limit: parseLimit(params, 'limit', 100),
          analyze: params.get('analyze') === 'true',
          pushdown: parsePushdown(params),
          signal,
        })
        return json(explained satisfies ExplainResponse)
      },
    },
  ]
}
