import { COUNTER_FUNCTIONS } from './counter.ts'
import type { RangeFunction } from './member.ts'
import { OVER_TIME_FUNCTIONS } from './over-time.ts'
import { TREND_FUNCTIONS } from './trend.ts'

/** The functions that take a range vector, by name. */
export const RANGE_FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map(
  [...COUNTER_FUNCTIONS, ...OVER_TIME_FUNCTIONS, ...TREND_FUNCTIONS].map((member) => [member.name, member]),
)
