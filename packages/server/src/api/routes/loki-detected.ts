import { queryableValue } from '../../query/detected-fields.ts'
import { parseLimit, parseRange, requireQuery } from '../loki/params.ts'
import { JSON_TYPE, readRoute } from '../loki/read-route.ts'
import { type ApiRequest, type ApiResponse, json, type RouteFamily } from '../route.ts'

/** What Logs Drilldown offers to browse by: labels, and the fields of the newest lines. */
export const lokiDetected: RouteFamily = ({ engine, now }) => {
  async function labels({ params, tenant, signal }: ApiRequest): Promise<ApiResponse> {
    const query = params.get('query')
    const range = parseRange(params, now())
    const found = await engine.detectedLabels({ tenant, signal, ...range, ...(query ? { query } : {}) })
    return json(found.length > 0 ? { detectedLabels: found } : {}, 200, JSON_TYPE)
  }

  async function detect({ params, tenant, signal }: ApiRequest) {
    const query = requireQuery(params)
    const limit = parseLimit(params, params.get('limit') ? 'limit' : 'field_limit', 1_000)
    const lineLimit = parseLimit(params, 'line_limit', 100)
    const range = parseRange(params, now())
    return {
      limit,
      ask: (fieldLimit: number) => engine.detectedFields({ tenant, signal, query, ...range, lineLimit, fieldLimit }),
    }
  }

  async function fields(request: ApiRequest): Promise<ApiResponse> {
    const { limit, ask } = await detect(request)
    const found = await ask(limit)
    if (found.length === 0) return json({}, 200, JSON_TYPE)
    const shown = found.map(({ name, type, values, parsers, jsonPath }) => ({
      label: name,
      type,
      cardinality: values.size,
      // null: not from the line, but from the metadata of the record.
      parsers: parsers.length > 0 ? parsers : null,
      ...(jsonPath ? { jsonPath } : {}),
    }))
    return json({ fields: shown, limit }, 200, JSON_TYPE)
  }

  async function values(request: ApiRequest): Promise<ApiResponse> {
    const { limit, ask } = await detect(request)
    const found = (await ask(Number.POSITIVE_INFINITY)).find(({ name }) => name === request.path.name)
    if (!found) return json({}, 200, JSON_TYPE)
    const all = found.parsers.length > 0 ? new Set([...found.values].map(queryableValue)) : found.values
    return json({ values: [...all].slice(0, limit), limit }, 200, JSON_TYPE)
  }

  return [
    readRoute('/loki/api/v1/detected_labels', labels),
    readRoute('/loki/api/v1/detected_fields', fields),
    readRoute('/loki/api/v1/detected_field/:name/values', values),
  ]
}
