import type {
  BinaryExpr,
  BinaryOp,
  LabelFilter,
  LabelReplaceExpr,
  LineFilterOp,
  MatchOp,
  RangeOp,
  Stage,
  UnwrapConversion,
  VectorOp,
} from '@girok/query'

/**
 * A query as rows to fill in. Values are texts as they are typed; a row that is not complete is left out of the query.
 * What has no rows keeps its piece of the syntax tree (`kept`), so that it goes back into the query as it came.
 */
export interface BuilderModel {
  readonly matchers: readonly MatcherRow[]
  readonly stages: readonly StageRow[]
  /** Undefined for a query that gives lines. */
  readonly calculation: Calculation | undefined
  /** What happens to the numbers, the innermost first. */
  readonly outer: readonly OuterRow[]
}

export interface MatcherRow {
  readonly name: string
  readonly op: MatchOp
  /** Undefined until one is chosen: the empty text is a value too, that of a missing label. */
  readonly value: string | undefined
}

export type ParserName = 'json' | 'logfmt' | 'unpack' | 'regexp' | 'pattern'

export type StageRow =
  | { readonly kind: 'line'; readonly op: LineFilterOp; readonly values: readonly string[] }
  /** `pattern` counts for `regexp` and `pattern` alone. */
  | { readonly kind: 'parser'; readonly parser: ParserName; readonly pattern: string }
  | { readonly kind: 'fields'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'kept'; readonly stage: Stage }

/** `=`, `!=`, `=~`, `!~` compare texts; with `#` in front an operator compares numbers, durations or sizes. */
export type ConditionOp = MatchOp | '#==' | '#!=' | '#>' | '#>=' | '#<' | '#<='

export interface Condition {
  /** How it joins the conditions before it; `and` binds closer. Without meaning for the first. */
  readonly join: 'and' | 'or'
  readonly name: string
  readonly op: ConditionOp
  readonly value: string | undefined
}

export interface GroupingRow {
  readonly without: boolean
  readonly labels: readonly string[]
}

export interface UnwrapRow {
  readonly label: string
  readonly conversion: UnwrapConversion | ''
  /** Filters behind the unwrap. */
  readonly kept: readonly LabelFilter[]
}

export interface Calculation {
  readonly op: RangeOp
  /** Of `quantile_over_time`: 0 to 1. */
  readonly parameter: string
  /** `5m` */
  readonly range: string
  /** `1h`, `-30m`, or '' for none. */
  readonly offset: string
  readonly unwrap: UnwrapRow | undefined
  readonly grouping: GroupingRow | undefined
}

export type OuterRow =
  | {
      readonly kind: 'vector'
      readonly op: VectorOp
      /** How many series `topk` and its like keep. */
      readonly parameter: string
      /** The label that `count_values` puts each value in. */
      readonly label: string
      readonly grouping: GroupingRow | undefined
    }
  /** An operator with a number on its right: `/ 60`, `> bool 0.9`. */
  | { readonly kind: 'number'; readonly op: BinaryOp; readonly bool: boolean; readonly value: string }
  /** The place of the rows below is the leg named by `hole`. */
  | { readonly kind: 'kept'; readonly node: BinaryExpr | LabelReplaceExpr; readonly hole: 'left' | 'right' | 'inner' }

export const emptyModel: BuilderModel = { matchers: [], stages: [], calculation: undefined, outer: [] }
