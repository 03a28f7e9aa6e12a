import type { FieldsResponse } from '../contract.ts'
import { parseLimit, parseRange, requireQuery } from '../loki/params.ts'
import { json, type RouteFamily } from '../route.ts'

/** The fields of the newest matching lines, with counts and their commonest values. */
export const fields: RouteFamily = ({ engine, now }) => [
  {
    methods: ['GET'],
    path: '/girok/v1/fields',
    scope: 'query',
    errors: 'json',
    handle: async ({ tenant, params, signal }) => {
      const result: FieldsResponse = await engine.fields({
        tenant,
        signal,
        query: requireQuery(params),
        ...parseRange(params, now()),
        lineLimit: parseLimit(params, 'line_limit', 1_000),
      })
      return json(result)
    },
  },
]
