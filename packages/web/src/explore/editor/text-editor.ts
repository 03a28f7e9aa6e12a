import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { type Diagnostic, linter, lintKeymap } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers, tooltips } from '@codemirror/view'
import { highlighting } from './highlighting.ts'
import type { QueryLanguage } from './language.ts'
import { replaceTyping } from './replace-typing.ts'
import { editorTheme } from './theme.ts'

interface TextEditorOptions {
  readonly text: string
  readonly label: string
  readonly testId: string
  readonly colours: QueryLanguage['colours']
  readonly readOnly?: boolean
  readonly onChange: (text: string) => void
  readonly faults: (text: string) => Diagnostic[]
}

const tall = EditorView.theme({
  '&': { maxHeight: 'none', height: '100%' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-dim)', border: '0' },
})

export interface TextEditor {
  /** Puts the cursor at a place and shows it. */
  goTo(offset: number): void
  destroy(): void
}

/** An editor of a text of many lines, which are numbered, in a shadow root for its styles, as the query editor. */
export function createTextEditor(host: HTMLElement, options: TextEditorOptions): TextEditor {
  const { text, label, testId, colours, readOnly = false, onChange, faults } = options
  const box = document.createElement('div')
  box.className = 'editor-host'
  host.append(box)
  const root = box.attachShadow({ mode: 'open' })
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        history(),
        lineNumbers(),
        highlighting(colours),
        linter((editor) => faults(editor.state.doc.toString()), { delay: 250 }),
        replaceTyping,
        EditorState.readOnly.of(readOnly),
        tooltips({ position: 'fixed' }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, 'data-testid': testId, spellcheck: 'false' }),
        keymap.of([...lintKeymap, ...historyKeymap, ...defaultKeymap]),
        // Before the theme of all editors: of two themes the first one counts.
        tall,
        editorTheme,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString())
        }),
      ],
    }),
  })
  return {
    goTo: (offset) => {
      view.focus()
      view.dispatch({ selection: { anchor: Math.min(offset, view.state.doc.length) }, scrollIntoView: true })
    },
    destroy: () => {
      view.destroy()
      box.remove()
    },
  }
}
