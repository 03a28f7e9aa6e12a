import { createEditor } from '../explore/editor/create-editor.ts'
import { history } from '../pages/metrics/history.ts'
import { faultsOf } from './faults.ts'

/** Puts an editor of PromQL into an element. */
export const createPromQLEditor = createEditor({
  colours: () => [],
  complete: async () => null,
  faults: faultsOf,
  wordAt: () => undefined,
  past: () => history.past.peek().map(({ query }) => query),
})
