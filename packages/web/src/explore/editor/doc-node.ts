import type { WordDoc } from './language.ts'

/** Signature, one line of explanation and an example, as nodes of text. */
export function docNode(doc: WordDoc): HTMLElement {
  const box = document.createElement('div')
  box.className = 'q-doc'
  const add = (tag: 'code' | 'p', text: string, name: string): void => {
    const node = document.createElement(tag)
    node.className = name
    node.textContent = text
    box.append(node)
  }
  add('code', doc.signature, 'q-doc-signature')
  add('p', doc.text, 'q-doc-text')
  add('code', doc.example, 'q-doc-example')
  return box
}
