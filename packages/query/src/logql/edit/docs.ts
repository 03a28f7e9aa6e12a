import { RANGE_DOCS, VECTOR_DOCS } from './docs-functions.ts'
import { OPERATOR_DOCS } from './docs-operators.ts'
import { STAGE_DOCS } from './docs-stages.ts'

/** What completion and hover show of a word or operator of LogQL. */
export interface LogQLDoc {
  readonly kind: 'function' | 'stage' | 'operator' | 'keyword'
  readonly signature: string
  /** One line. */
  readonly text: string
  /** A whole query that parses. */
  readonly example: string
}

/** Every function, stage, operator and keyword of LogQL by its name as written. */
export const LOGQL_DOCS: ReadonlyMap<string, LogQLDoc> = new Map([
  ...RANGE_DOCS,
  ...VECTOR_DOCS,
  ...STAGE_DOCS,
  ...OPERATOR_DOCS,
])
