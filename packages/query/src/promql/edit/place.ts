import type { MatchOp } from '../ast.ts'

/**
 * What can stand at a place:
 * - `expression`: an expression begins: metrics, functions, aggregations
 * - `labelName`, `matchOperator`, `labelValue`: in the braces of a selector
 * - `groupingLabel`: in the list of by, without, on, ignoring, group_left, group_right
 * - `duration`: between brackets or after offset
 * - `time`: after `@`
 * - `keyword`: after a whole expression: operators, offset, by …
 * - `none`: free text or nothing that is known
 */
export type PromCompletionKind =
  | 'expression'
  | 'labelName'
  | 'matchOperator'
  | 'labelValue'
  | 'groupingLabel'
  | 'duration'
  | 'time'
  | 'keyword'
  | 'none'

/** A whole matcher before the place, as far as it is typed. */
export interface TypedMatcher {
  readonly name: string
  readonly op: MatchOp
  readonly value: string
}

/** The call around a place: which argument it is, from 0. */
export interface CallPlace {
  readonly name: string
  readonly argument: number
}
