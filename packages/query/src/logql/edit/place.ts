import type { MatchOp } from '../ast.ts'

/**
 * What can stand at a place:
 * - `function`: an expression begins: functions, or `{` of a selector
 * - `labelName`, `matchOperator`, `labelValue`: in a selector
 * - `groupingLabel`: in the list of by, without, on, ignoring, group_left, group_right
 * - `stage`: after `|`: stages, or a label to filter by
 * - `parsedLabel`, `filterOperator`, `parsedLabelValue`: in a label filter or the arguments of a stage
 * - `pipelineOperator`: after a whole stage: `|`, `|=`, `!=` …, or `[`
 * - `range`: between `[` and `]`
 * - `keyword`: after a whole expression: by, without, offset, binary operators
 * - `none`: free text or nothing that is known
 */
export type CompletionKind =
  | 'function'
  | 'labelName'
  | 'matchOperator'
  | 'labelValue'
  | 'groupingLabel'
  | 'stage'
  | 'parsedLabel'
  | 'filterOperator'
  | 'parsedLabelValue'
  | 'pipelineOperator'
  | 'range'
  | 'keyword'
  | 'none'

/** A whole matcher before the place, as far as it is typed. */
export interface TypedMatcher {
  readonly name: string
  readonly op: MatchOp
  readonly value: string
}
