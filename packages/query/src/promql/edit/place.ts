export type { TypedMatcher } from '../../logql/edit/place.ts'

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

/** The call around a place: which argument it is, from 0. */
export interface CallPlace {
  readonly name: string
  readonly argument: number
}
