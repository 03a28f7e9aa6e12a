import { QueryError } from '@girok/query'
import { parsePromQL, prettyPromQL } from '@girok/query/promql'

/** A query laid out over lines; undefined when it cannot be read. */
export function formatted(query: string): string | undefined {
  try {
    return prettyPromQL(parsePromQL(query))
  } catch (error) {
    if (error instanceof QueryError) return undefined
    throw error
  }
}
