import { type Document, isPair, isScalar, isSeq, type Node, visit } from 'yaml'

/** Where a value stands in a document: `rules[0].labels.team`; the whole of it is `the body`. A key stands for its value. */
export function pathOfNode(document: Document, node: Node | null | undefined): string {
  let found = ''
  visit(document, (key, at, ancestors) => {
    if (at !== node) return undefined
    found = [...ancestors, at]
      .map((one, i, all) => {
        if (isPair(one)) return `.${isScalar(one.key) ? String(one.key.value) : '?'}`
        const parent = all[i - 1]
        return isSeq(parent) ? `[${i === all.length - 1 ? key : parent.items.indexOf(one)}]` : ''
      })
      .join('')
    return visit.BREAK
  })
  return found.replace(/^\./, '') || 'the body'
}
