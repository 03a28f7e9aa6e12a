import type { ValueType } from './ast.ts'

/** The signature of a function of PromQL. Where it is described for people: docs/promql.md and `edit/`. */
export interface PromFunction {
  readonly name: string
  readonly args: readonly ValueType[]
  /** 0: exactly `args`; n > 0: the last may be left out or come up to n times; -1: any number of times, or not at all. */
  readonly variadic: number
  readonly returns: ValueType
  readonly experimental: boolean
}
