import type { Command } from '@codemirror/view'

/**
 * Walks through the queries run before, as a shell does: up to older ones, down to newer ones and at last to what was
 * being written.
 */
export function recalling(past: () => readonly string[]): { readonly older: Command; readonly newer: Command } {
  let written = ''
  let shown = ''
  let place = -1
  const show =
    (next: number): Command =>
    (view) => {
      const text = view.state.doc.toString()
      // Whatever was changed by hand begins a new walk.
      if (place < 0 || text !== shown) {
        place = -1
        written = text
      }
      const list = past().filter((query) => query !== written)
      const to = Math.min(list.length - 1, place + next)
      if (to === place || to < -1) return true
      place = to
      shown = to < 0 ? written : (list[to] ?? '')
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: shown },
        selection: { anchor: shown.length },
        userEvent: 'input.recall',
      })
      return true
    }
  return { older: show(1), newer: show(-1) }
}
