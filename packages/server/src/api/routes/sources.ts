import type { SourcesResponse } from '../contract.ts'
import { json, type RouteFamily } from '../route.ts'

/** Where records come from: every receiver with its addresses, counts and refusals. */
export const sources: RouteFamily = ({ sources: describe }) => [
  {
    methods: ['GET'],
    path: '/girok/v1/sources',
    scope: 'query',
    errors: 'json',
    handle: ({ tenant, headers }) => json(describe(tenant, headers) satisfies SourcesResponse),
  },
]
