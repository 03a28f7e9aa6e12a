import { LOGQL_DOCS, tokenizeForHighlight } from '@girok/query'
import type { DocumentedWord } from '../../../explore/editor/language.ts'
import { templatePlace } from './template-place.ts'
import { templateDocs } from './template-words.ts'

const explained = new Set(['function', 'stage', 'keyword', 'operator', 'punctuation'])

/** The word of LogQL or of a template at a place, with what it does. */
export function wordAt(text: string, at: number): DocumentedWord | undefined {
  const place = templatePlace(text, at)
  if (place?.kind === 'word') {
    const doc = templateDocs.get(text.slice(place.from, place.to))
    return doc === undefined ? undefined : { doc, from: place.from, to: place.to }
  }
  for (const { start, end, kind } of tokenizeForHighlight(text)) {
    if (at < start || at > end || !explained.has(kind)) continue
    const doc = LOGQL_DOCS.get(text.slice(start, end).toLowerCase())
    if (doc !== undefined) return { doc, from: start, to: end }
  }
  return undefined
}
