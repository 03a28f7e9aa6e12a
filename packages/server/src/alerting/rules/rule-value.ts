import type { Labels } from '@girok/query'

/** One value of a rule's answer. */
export interface RuleValue {
  readonly labels: Labels
  readonly value: number
}

/** A series of a query over a stretch of time. */
export interface RangeValues {
  readonly labels: Labels
  /** Milliseconds since the epoch, in order. */
  readonly times: readonly number[]
  readonly values: readonly number[]
}

/** Both ends inclusive, milliseconds since the epoch. */
export interface RuleGrid {
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
}
