import type { LogQLDoc } from './doc.ts'
import { RANGE_DOCS, VECTOR_DOCS } from './docs-functions.ts'
import { OPERATOR_DOCS } from './docs-operators.ts'
import { STAGE_DOCS } from './docs-stages.ts'

/** Every function, stage, operator and keyword of LogQL by its name as written. */
export const LOGQL_DOCS: ReadonlyMap<string, LogQLDoc> = new Map([
  ...RANGE_DOCS,
  ...VECTOR_DOCS,
  ...STAGE_DOCS,
  ...OPERATOR_DOCS,
])
