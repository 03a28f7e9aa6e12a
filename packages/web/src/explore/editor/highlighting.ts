import { RangeSetBuilder } from '@codemirror/state'
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import { type HighlightKind, tokenizeForHighlight } from '@girok/query'

const marks = new Map<HighlightKind, Decoration>()

function markOf(kind: HighlightKind): Decoration {
  let mark = marks.get(kind)
  if (mark === undefined) {
    mark = Decoration.mark({ class: `q-${kind}` })
    marks.set(kind, mark)
  }
  return mark
}

function decorate(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>()
  for (const { start, end, kind } of tokenizeForHighlight(view.state.doc.toString())) {
    if (end > start) builder.add(start, end, markOf(kind))
  }
  return builder.finish()
}

/** Colours of the query by our own tokenizer: the same that the parser reads with. */
export const highlighting = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet

    constructor(view: EditorView) {
      this.decorations = decorate(view)
    }

    update(update: ViewUpdate): void {
      if (update.docChanged) this.decorations = decorate(update.view)
    }
  },
  { decorations: (plugin) => plugin.decorations },
)
