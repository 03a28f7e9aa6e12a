import { type Extension, RangeSetBuilder } from '@codemirror/state'
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import type { QueryLanguage } from './language.ts'

const marks = new Map<string, Decoration>()

function markOf(kind: string): Decoration {
  let mark = marks.get(kind)
  if (mark === undefined) {
    mark = Decoration.mark({ class: `q-${kind}` })
    marks.set(kind, mark)
  }
  return mark
}

function decorate(view: EditorView, colours: QueryLanguage['colours']): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>()
  for (const { start, end, kind } of colours(view.state.doc.toString())) {
    if (end > start) builder.add(start, end, markOf(kind))
  }
  return builder.finish()
}

/** Colours of the query by the tokenizer of its language: the one that its parser reads with. */
export function highlighting(colours: QueryLanguage['colours']): Extension {
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet

      constructor(view: EditorView) {
        this.decorations = decorate(view, colours)
      }

      update(update: ViewUpdate): void {
        if (update.docChanged) this.decorations = decorate(update.view, colours)
      }
    },
    { decorations: (plugin) => plugin.decorations },
  )
}
