import type { Diagnostic } from '@codemirror/lint'
import { parseAndCheckLogQL, QueryError } from '@girok/query'
import { underlined } from '../../../explore/editor/underlined.ts'
import { scan } from '../query/scan.ts'

/**
 * What our parser and checker say against a query, regular expressions and templates included. Plain words are no
 * fault: they run as a search for these words.
 */
export function faultsOf(text: string): Diagnostic[] {
  const { kind } = scan(text)
  if (kind === 'empty' || kind === 'text') return []
  try {
    parseAndCheckLogQL(text)
    return []
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    return [underlined(text, error.message, error.line, error.column)]
  }
}
