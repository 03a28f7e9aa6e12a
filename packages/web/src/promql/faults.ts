import type { Diagnostic } from '@codemirror/lint'
import { QueryError } from '@girok/query'
import { parsePromQL } from '@girok/query/promql'
import { underlined } from '../explore/editor/underlined.ts'

/** What parser and type checks say against a query, in the words that the server would use; an empty box is no fault. */
export function faultsOf(text: string): Diagnostic[] {
  if (text.trim() === '') return []
  try {
    parsePromQL(text)
    return []
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    return [underlined(text, error.message, error.line, error.column)]
  }
}
