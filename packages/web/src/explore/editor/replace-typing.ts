import { EditorView } from '@codemirror/view'

/**
 * Typing over a selection. Chromium would keep the look of the replaced text by a span with a style attribute, which
 * the content security policy reports as a violation; the replacement is therefore made here and not by the browser.
 */
export const replaceTyping = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main } = view.state.selection
    const text = event.data
    if (event.inputType !== 'insertText' || text === null || main.empty || view.composing) return false
    const plain = () =>
      view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true })
    const handled = view.state
      .facet(EditorView.inputHandler)
      .some((handler) => handler(view, main.from, main.to, text, plain))
    if (!handled) view.dispatch(plain())
    event.preventDefault()
    return true
  },
})
