import { parseAndCheckLogQL, QueryError } from '@girok/query'
import { parsePromQL } from '@girok/query/promql'
import type { QueryLanguage } from '@girok/server/contract'

const references = /\$\w+|\$\{\w+(?::[^}]*)?\}|\[\[\w+(?::[^\]]*)?\]\]/g
const strings = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`/g
/** What these stand for is a duration whatever is chosen. */
const duration = /^\$\{?__(?:rate_)?(?:interval|range|auto)\b/

/**
 * A query with durations in place of its variables, each as long as the variable was written, so that places stay where they
 * are: `[$__interval]` becomes `[000000000005m]`. Within strings a variable is text like any other. `sure` is false when a
 * variable may stand for something else than a duration.
 */
export function withStandIns(query: string): { readonly text: string; readonly sure: boolean } {
  const inStrings = [...query.matchAll(strings)].map((match) => [match.index, match.index + match[0].length] as const)
  let sure = true
  const text = query.replace(references, (reference, at: number) => {
    if (inStrings.some(([from, to]) => at > from && at < to)) return reference
    if (!duration.test(reference)) sure = false
    return '5m'.padStart(reference.length, '0')
  })
  return { text, sure }
}

/** What parser and checks say against a query of a dashboard; undefined for one without fault, and for nothing at all. */
export function queryFault(language: QueryLanguage, query: string): QueryError | undefined {
  if (query.trim() === '') return undefined
  const { text, sure } = withStandIns(query)
  try {
    if (language === 'promql') parsePromQL(text)
    else parseAndCheckLogQL(text)
    return undefined
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    // A variable may stand for what makes it a query.
    return sure ? error : undefined
  }
}
