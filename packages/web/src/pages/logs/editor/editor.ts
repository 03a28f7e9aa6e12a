import { tokenizeForHighlight } from '@girok/query'
import { createEditor } from '../../../explore/editor/create-editor.ts'
import { pastQueries } from '../library/past-queries.ts'
import { completeQuery } from './complete.ts'
import { faultsOf } from './faults.ts'
import { wordAt } from './word-at.ts'

/** Puts an editor of LogQL into an element. */
export const createLogQLEditor = createEditor({
  colours: tokenizeForHighlight,
  complete: completeQuery,
  faults: faultsOf,
  wordAt,
  past: () => pastQueries.peek().map(({ query }) => query),
})
