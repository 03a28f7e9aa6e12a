import { highlightPromQL, PROMQL_DOCS } from '@girok/query/promql'
import type { DocumentedWord } from '../explore/editor/language.ts'

const explained = new Set(['function', 'keyword', 'operator'])

/** The word of PromQL at a place, with what it does. */
export function wordAt(text: string, at: number): DocumentedWord | undefined {
  for (const { start, end, kind } of highlightPromQL(text)) {
    if (at < start || at > end || !explained.has(kind)) continue
    const word = text.slice(start, end)
    const doc = PROMQL_DOCS.get(word) ?? PROMQL_DOCS.get(word.toLowerCase())
    if (doc !== undefined) return { doc, from: start, to: end }
  }
  return undefined
}
