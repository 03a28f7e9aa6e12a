import { DATE_FUNCTIONS } from './dates.ts'
import { HISTOGRAM_FUNCTIONS } from './histograms.ts'
import { INFO_FUNCTION } from './info.ts'
import { LABEL_FUNCTIONS } from './labels.ts'
import type { CallFunction } from './member.ts'
import { POINT_FUNCTIONS } from './points.ts'
import { SCALAR_FUNCTIONS } from './scalars.ts'
import { SORT_FUNCTIONS } from './sorting.ts'

/** The functions that take no range vector, by name. */
export const CALL_FUNCTIONS: ReadonlyMap<string, CallFunction> = new Map(
  [
    ...POINT_FUNCTIONS,
    ...DATE_FUNCTIONS,
    ...SCALAR_FUNCTIONS,
    ...LABEL_FUNCTIONS,
    ...SORT_FUNCTIONS,
    ...HISTOGRAM_FUNCTIONS,
    INFO_FUNCTION,
  ].map((member) => [member.name, member]),
)
