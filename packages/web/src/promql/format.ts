import { QueryError } from '@girok/query'
import { formatPromQL } from '@girok/query/promql'

/** A query laid out over lines; undefined when it cannot be read. */
export function formatted(query: string): string | undefined {
  try {
    return formatPromQL(query)
  } catch (error) {
    if (error instanceof QueryError) return undefined
    throw error
  }
}
