import { hoverTooltip } from '@codemirror/view'
import { LOGQL_DOCS, tokenizeForHighlight } from '@girok/query'
import { docNode } from './doc-node.ts'

/** Hovering a word of the language explains it. */
export const hoverDocs = hoverTooltip((view, at) => {
  const text = view.state.doc.toString()
  const token = tokenizeForHighlight(text).find(({ start, end }) => start <= at && at <= end)
  if (token === undefined || !['function', 'stage', 'keyword', 'operator'].includes(token.kind)) return null
  const doc = LOGQL_DOCS.get(text.slice(token.start, token.end).toLowerCase())
  if (doc === undefined) return null
  return { pos: token.start, end: token.end, above: false, create: () => ({ dom: docNode(doc) }) }
})
