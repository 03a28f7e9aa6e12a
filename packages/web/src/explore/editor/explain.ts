import { forEachDiagnostic } from '@codemirror/lint'
import { type EditorState, type Extension, StateEffect, StateField } from '@codemirror/state'
import { type Command, closeHoverTooltips, EditorView, hoverTooltip, showTooltip, type Tooltip } from '@codemirror/view'
import { docNode } from './doc-node.ts'
import type { QueryLanguage } from './language.ts'

const setTip = StateEffect.define<Tooltip | null>()

/** The explanation asked for by keyboard; it goes when the text or the cursor moves. */
const tipField = StateField.define<Tooltip | null>({
  create: () => null,
  update(tip, transaction) {
    for (const effect of transaction.effects) if (effect.is(setTip)) return effect.value
    return transaction.docChanged || transaction.selection !== undefined ? null : tip
  },
  provide: (field) => showTooltip.from(field),
})

function messagesAt(state: EditorState, at: number): string[] {
  const found: string[] = []
  forEachDiagnostic(state, (diagnostic, from, to) => {
    if (from <= at && at <= to) found.push(diagnostic.message)
  })
  return found
}

/** Says at the cursor what hovering would say: the mistake there, or what the word does. */
export const explainAtCursor =
  (wordAt: QueryLanguage['wordAt']): Command =>
  (view) => {
    const at = view.state.selection.main.head
    const messages = messagesAt(view.state, at)
    const word = wordAt(view.state.doc.toString(), at)
    if (messages.length === 0 && word === undefined) return false
    const create = () => {
      const dom = document.createElement('div')
      dom.setAttribute('role', 'status')
      for (const message of messages) {
        const line = document.createElement('div')
        line.className = 'cm-diagnostic cm-diagnostic-error'
        line.textContent = message
        dom.append(line)
      }
      if (word !== undefined && messages.length === 0) dom.append(docNode(word.doc))
      return { dom }
    }
    // What the pointer or the jump to a mistake has opened would say the same twice.
    view.dispatch({ effects: [closeHoverTooltips, setTip.of({ pos: word?.from ?? at, above: false, create })] })
    return true
  }

/** Takes the explanation away; false when there is none. */
export const hideExplanation: Command = (view) => {
  if (view.state.field(tipField, false) === null) return false
  view.dispatch({ effects: setTip.of(null) })
  return true
}

/** Hovering a word of the language explains it. */
export function explanations(wordAt: QueryLanguage['wordAt']): Extension {
  return [
    tipField,
    hoverTooltip((view, at) => {
      const word = wordAt(view.state.doc.toString(), at)
      if (word === undefined) return null
      return { pos: word.from, end: word.to, above: false, create: () => ({ dom: docNode(word.doc) }) }
    }),
    EditorView.domEventHandlers({ blur: (_, view) => void hideExplanation(view) }),
  ]
}
