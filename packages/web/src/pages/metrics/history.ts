import { queryHistory } from '../../explore/history-store.ts'

/** PromQL that was run in this browser. */
export const history = queryHistory('girok.promqlHistory')
