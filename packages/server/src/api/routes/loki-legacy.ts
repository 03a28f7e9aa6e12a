import { type LogExpr, parseLogQL, printExpr } from '@girok/query'
import { GirokError } from '../../model/errors.ts'
import { labelSet, labelsText } from '../../model/labels.ts'
import type { ResultEntry } from '../../query/engine.ts'
import { jsonString, mergeLabels } from '../loki/encode.ts'
import { rfc3339 } from '../loki/legacy-time.ts'
import { parseDirection, parseLimit, parseRange, requireQuery } from '../loki/params.ts'
import { JSON_TYPE, readRoute } from '../loki/read-route.ts'
import { encodeStats } from '../loki/stats.ts'
import { type ApiRequest, type ApiResponse, json, type RouteFamily } from '../route.ts'

/** The reading half of Loki's first API, which old Grafanas and scripts still speak. Logs only. */
export const lokiLegacy: RouteFamily = ({ engine, now }) => {
  async function query({ params, tenant, signal }: ApiRequest): Promise<ApiResponse> {
    const { entries, stats } = await engine.logs({
      tenant,
      signal,
      query: filteredQuery(params),
      ...parseRange(params, now()),
      limit: parseLimit(params, 'limit', 100),
      direction: parseDirection(params),
    })
    const body = `{"streams":[${encodeLegacyStreams(entries)}],"stats":${encodeStats(stats)}}\n`
    return { status: 200, headers: { 'content-type': JSON_TYPE }, body }
  }

  const range = ({ params, tenant, signal }: ApiRequest) => ({ tenant, signal, ...parseRange(params, now()) })

  async function labels(request: ApiRequest): Promise<ApiResponse> {
    return json({ values: await engine.labels(range(request)) }, 200, JSON_TYPE)
  }

  async function labelValues(request: ApiRequest): Promise<ApiResponse> {
    const name = request.path.name ?? ''
    return json({ values: await engine.labelValues({ ...range(request), name }) }, 200, JSON_TYPE)
  }

  return [
    readRoute('/api/prom/query', query),
    readRoute('/api/prom/label', labels),
    readRoute('/api/prom/label/:name/values', labelValues),
  ]
}

/** `regexp` is a line filter behind the query. */
function filteredQuery(params: URLSearchParams): string {
  const query = requireQuery(params)
  const expr = parseLogQL(query)
  if (expr.kind !== 'log') {
    throw new GirokError('bad_query', 'legacy endpoints only support streams result type: use /loki/api/v1/query_range')
  }
  const regexp = params.get('regexp')
  return regexp ? withRegexp(expr, regexp) : query
}

function withRegexp(expr: LogExpr, regexp: string): string {
  return `${printExpr(expr)} |~ ${JSON.stringify(regexp)}`
}

/** Labels as text, times as RFC 3339 in UTC. */
function encodeLegacyStreams(entries: readonly ResultEntry[]): string {
  const streams = new Map<string, string[]>()
  for (const entry of entries) {
    const labels = labelsText(labelSet(mergeLabels(entry)))
    const values = streams.get(labels) ?? []
    if (values.length === 0) streams.set(labels, values)
    values.push(`{"ts":${jsonString(rfc3339(entry.timeNs))},"line":${jsonString(entry.line)}}`)
  }
  return [...streams]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([labels, values]) => `{"labels":${jsonString(labels)},"entries":[${values.join(',')}]}`)
    .join(',')
}
