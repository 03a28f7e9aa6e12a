import type { Route } from '../route.ts'

/** A reading route of Loki's API: GET and POST, errors as plain text, several tenants at once where that is allowed. */
export function readRoute(path: string, handle: Route['handle']): Route {
  return { methods: ['GET', 'POST'], path, scope: 'query', errors: 'text', manyTenants: true, handle }
}

/** The type that Loki gives its JSON answers. */
export const JSON_TYPE = 'application/json; charset=UTF-8'
