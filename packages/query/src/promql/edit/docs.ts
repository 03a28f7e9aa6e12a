import type { PromDoc } from './doc.ts'
import { AGGREGATION_DOCS } from './docs-aggregations.ts'
import { OPERATOR_DOCS } from './docs-operators.ts'
import { RANGE_DOCS } from './docs-range.ts'
import { SERIES_DOCS } from './docs-series.ts'
import { VALUE_DOCS } from './docs-values.ts'

/** Every function, aggregation, operator and modifier of PromQL by its name as written. */
export const PROMQL_DOCS: ReadonlyMap<string, PromDoc> = new Map([
  ...RANGE_DOCS,
  ...VALUE_DOCS,
  ...SERIES_DOCS,
  ...AGGREGATION_DOCS,
  ...OPERATOR_DOCS,
])
