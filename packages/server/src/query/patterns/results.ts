/** What mining and comparing give; types of their own, so that the engine's interface does not depend on the work. */

/** A shape that lines have, `<_>` where they differ. */
export interface LinePattern {
  readonly pattern: string
  /** Lines and their steps by level, largest level first. */
  readonly levels: readonly PatternLevel[]
  readonly count: number
  /** The first line, whole. */
  readonly example: string
}

export interface PatternLevel {
  readonly level: string
  readonly count: number
  /** [Unix seconds of the start of a step (a multiple of it), lines], oldest first, steps without lines left out. */
  readonly samples: readonly (readonly [number, number])[]
}

export interface PatternsResult {
  /** Most frequent first. */
  readonly patterns: readonly LinePattern[]
  readonly sampledLines: number
  readonly totalLines: number
}

export type PatternChange = 'new' | 'gone' | 'changed' | 'same'

export interface ComparedPattern {
  readonly pattern: string
  readonly level: string
  readonly count: number
  readonly baseCount: number
  readonly change: PatternChange
}

export interface CompareResult {
  readonly patterns: readonly ComparedPattern[]
  readonly fields: readonly FieldLift[]
  readonly sampledLines: number
  readonly totalLines: number
  readonly baseSampledLines: number
  readonly baseTotalLines: number
}

export interface FieldLift {
  readonly name: string
  /** Where the first line that has the field has it. */
  readonly origin: 'label' | 'metadata' | 'json' | 'logfmt'
  readonly values: readonly ValueLift[]
}

export interface ValueLift {
  readonly value: string
  readonly count: number
  readonly baseCount: number
  /** See `liftOf`. */
  readonly lift: number
}
