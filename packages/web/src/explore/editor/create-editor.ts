import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { linter, lintKeymap } from '@codemirror/lint'
import { EditorState, Prec } from '@codemirror/state'
import { EditorView, type KeyBinding, keymap, tooltips } from '@codemirror/view'
import { effect } from '@preact/signals'
import { addShortcuts } from '../../shell/keys.ts'
import { editorShortcuts } from './editor-keys.ts'
import { explainAtCursor, explanations, hideExplanation } from './explain.ts'
import type { CreateEditor } from './handle.ts'
import { highlighting } from './highlighting.ts'
import type { QueryLanguage } from './language.ts'
import { recalling } from './recall.ts'
import { replaceTyping } from './replace-typing.ts'
import { editorTheme } from './theme.ts'

/**
 * The query editor of a language. It lives in a shadow root: there CodeMirror puts its styles into adoptable style sheets, which a
 * policy without 'unsafe-inline' allows; in the document it would make <style> elements.
 */
export const createEditor =
  (language: QueryLanguage): CreateEditor =>
  (host, { draft, onRun, onFormat, label }) => {
    const box = document.createElement('div')
    box.className = 'editor-host'
    host.append(box)
    const root = box.attachShadow({ mode: 'open' })

    // A key that an input method takes while it composes a syllable; 229 is what browsers report for such keys.
    let composing = false
    box.addEventListener(
      'keydown',
      (event) => {
        composing = event.isComposing || event.keyCode === 229
      },
      true,
    )
    const run: KeyBinding = {
      key: 'Enter',
      run: (view) => {
        if (composing || view.composing) return true
        // In the completion list Enter takes the choice.
        if (completionStatus(view.state) === 'active') return false
        onRun()
        return true
      },
      shift: (view) => {
        view.dispatch(view.state.replaceSelection('\n'), { scrollIntoView: true, userEvent: 'input' })
        return true
      },
    }
    const { older, newer } = recalling(() => language.past())
    const explain = explainAtCursor((text, at) => language.wordAt(text, at))
    const more: readonly KeyBinding[] = [
      // Outside a list Tab moves on to the next control, as everywhere.
      { key: 'Tab', run: acceptCompletion },
      {
        key: 'Mod-Enter',
        run: () => {
          onRun()
          return true
        },
      },
      {
        key: 'Shift-Alt-f',
        run: () => {
          onFormat()
          return true
        },
      },
      { key: 'Mod-i', run: explain, preventDefault: true },
      { key: 'Alt-ArrowUp', run: older },
      { key: 'Alt-ArrowDown', run: newer },
      { key: 'Escape', run: hideExplanation },
    ]
    const leave: KeyBinding = {
      key: 'Escape',
      run: (view) => {
        if (completionStatus(view.state) !== null) return false
        view.contentDOM.blur()
        return true
      },
    }
    const view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: draft.peek(),
        extensions: [
          history(),
          closeBrackets(),
          highlighting((text) => language.colours(text)),
          autocompletion({
            override: [(context) => language.complete(context)],
            icons: false,
            activateOnTyping: true,
            interactionDelay: 40,
          }),
          linter((editor) => language.faults(editor.state.doc.toString()), { delay: 250 }),
          explanations((text, at) => language.wordAt(text, at)),
          replaceTyping,
          tooltips({ position: 'fixed' }),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, 'data-testid': 'query-editor', spellcheck: 'false' }),
          Prec.high(keymap.of([run, ...more])),
          keymap.of([
            ...completionKeymap,
            leave,
            ...closeBracketsKeymap,
            ...lintKeymap,
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          editorTheme,
          EditorView.updateListener.of((update) => {
            if (update.docChanged) draft.value = update.state.doc.toString()
          }),
        ],
      }),
    })
    const forget = addShortcuts(editorShortcuts({ view, onRun, onFormat, explain, older, newer }))
    const stop = effect(() => {
      const text = draft.value
      const { doc } = view.state
      if (doc.toString() !== text) {
        view.dispatch({ changes: { from: 0, to: doc.length, insert: text }, selection: { anchor: text.length } })
      }
    })
    return {
      focus: (at) => {
        view.focus()
        if (at !== undefined) view.dispatch({ selection: { anchor: Math.min(at, view.state.doc.length) } })
      },
      destroy: () => {
        stop()
        forget()
        view.destroy()
        box.remove()
      },
    }
  }
