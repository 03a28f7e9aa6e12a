import { highlightPromQL } from '@girok/query/promql'
import { createEditor } from '../explore/editor/create-editor.ts'
import type { CreateEditor } from '../explore/editor/handle.ts'
import { completer } from './complete.ts'
import { faultsOf } from './faults.ts'
import { knownNames, type NameSpan } from './known-names.ts'
import { wordAt } from './word-at.ts'

interface PromQLSources {
  /** The time on the page: what is offered is what the query will find. */
  readonly span: () => NameSpan
  /** Queries that were run before, newest first. */
  readonly past: () => readonly string[]
}

/** What puts an editor of PromQL into an element. */
export function promqlEditor({ span, past }: PromQLSources): CreateEditor {
  return createEditor({
    colours: highlightPromQL,
    complete: completer(knownNames(span)),
    faults: faultsOf,
    wordAt,
    past,
  })
}
