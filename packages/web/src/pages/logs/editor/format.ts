import { formatQuery } from '@girok/query'

/** Lays a query out over lines; throws a QueryError when it cannot be read. */
export function formatted(query: string): string {
  return formatQuery(query)
}
