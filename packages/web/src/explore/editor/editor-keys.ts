import { startCompletion } from '@codemirror/autocomplete'
import type { Command, EditorView } from '@codemirror/view'
import type { Shortcut } from '../../shell/keys.ts'

interface EditorCommands {
  readonly view: EditorView
  readonly onRun: () => void
  readonly onFormat: () => void
  readonly explain: Command
  readonly older: Command
  readonly newer: Command
}

/** Keys of the query box: it binds them itself; here they join the sheet and the list of commands. */
export function editorShortcuts({ view, onRun, onFormat, explain, older, newer }: EditorCommands): readonly Shortcut[] {
  const group = 'keys.group.editor'
  const within = (command: Command) => () => {
    view.focus()
    return command(view)
  }
  return [
    { id: 'run', keys: ['Ctrl+Enter'], title: 'keys.run', group, run: onRun },
    { id: 'format', keys: ['Shift+Alt+F'], title: 'keys.format', group, run: onFormat },
    { id: 'complete', keys: ['Ctrl+Space'], title: 'keys.complete', group, run: within(startCompletion) },
    { id: 'explain', keys: ['Ctrl+i'], title: 'keys.explain', group, run: within(explain) },
    { id: 'older', keys: ['Alt+↑'], title: 'keys.older', group, run: within(older) },
    { id: 'newer', keys: ['Alt+↓'], title: 'keys.newer', group, run: within(newer) },
  ]
}
