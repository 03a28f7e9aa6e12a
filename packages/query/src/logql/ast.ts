/**
 * The syntax tree of LogQL. Nodes are plain data: they can be cloned, compared, sent to a worker and printed back.
 * Durations are bigint nanoseconds (a year does not fit a double exactly). Every node that can be at fault carries its
 * place in the query text.
 */

/** A stretch of the query text in UTF-16 code units; `end` is exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type MatchOp = '=' | '!=' | '=~' | '!~'
export type CompareOp = '==' | '!=' | '>' | '>=' | '<' | '<='
export type LineFilterOp = '|=' | '!=' | '|~' | '!~' | '|>' | '!>'

/** `name op "value"`: regular expressions of `=~` and `!~` are RE2, fully anchored, with dot matching newline. */
export interface Matcher {
  readonly name: string
  readonly op: MatchOp
  readonly value: string
  readonly at: Span
}

/** `{a="b", c=~"d"}` */
export interface Selector {
  readonly matchers: readonly Matcher[]
  readonly at: Span
}

/** A log query: which streams, then what happens to each line. */
export interface LogExpr {
  readonly kind: 'log'
  readonly selector: Selector
  readonly stages: readonly Stage[]
  readonly at: Span
}

export interface LineFilterOperand {
  readonly kind: 'text' | 'ip'
  readonly value: string
  readonly at: Span
}

/** `|= "a" or "b"`: the operands share the operator. Positive: any may match; negative: none may. */
export interface LineFilterStage {
  readonly kind: 'lineFilter'
  readonly op: LineFilterOp
  readonly operands: readonly LineFilterOperand[]
  readonly at: Span
}

/** `name="expression"` of `json` and `logfmt`; a bare name is its own expression. */
export interface Extraction {
  readonly name: string
  readonly expression: string
}

export interface JsonStage {
  readonly kind: 'json'
  readonly extractions: readonly Extraction[]
  readonly at: Span
}
export interface LogfmtStage {
  readonly kind: 'logfmt'
  readonly strict: boolean
  readonly keepEmpty: boolean
  readonly extractions: readonly Extraction[]
  readonly at: Span
}
export interface RegexpStage {
  readonly kind: 'regexp'
  readonly pattern: string
  readonly at: Span
}
export interface PatternStage {
  readonly kind: 'pattern'
  readonly pattern: string
  readonly at: Span
}
export interface UnpackStage {
  readonly kind: 'unpack'
  readonly at: Span
}
export interface LineFormatStage {
  readonly kind: 'lineFormat'
  readonly template: string
  readonly at: Span
}
export type LabelFormatValue =
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'template'; readonly text: string }
export interface LabelFormatStage {
  readonly kind: 'labelFormat'
  readonly assignments: readonly { readonly name: string; readonly value: LabelFormatValue }[]
  readonly at: Span
}
export interface DecolorizeStage {
  readonly kind: 'decolorize'
  readonly at: Span
}
/** A bare name, or a matcher that must also hold. */
export type LabelTarget = { readonly name: string; readonly matcher?: Matcher }
export interface DropStage {
  readonly kind: 'drop'
  readonly targets: readonly LabelTarget[]
  readonly at: Span
}
export interface KeepStage {
  readonly kind: 'keep'
  readonly targets: readonly LabelTarget[]
  readonly at: Span
}
/** `distinct a, b`, an extension: the first line of each combination of values passes. Log queries only. */
export interface DistinctStage {
  readonly kind: 'distinct'
  readonly names: readonly string[]
  readonly at: Span
}
/**
 * Matchers on fields of the line rather than labels of the stream: metadata, else a field of a JSON line, else one of logfmt.
 * Never parsed: a planner puts it in front of the stages for what a selector names that is no stream label.
 */
export interface FieldMatchStage {
  readonly kind: 'fieldMatch'
  readonly matchers: readonly Matcher[]
  readonly at: Span
}
export interface LabelFilterStage {
  readonly kind: 'labelFilter'
  readonly filter: LabelFilter
  readonly at: Span
}

export type Stage =
  | LineFilterStage
  | JsonStage
  | LogfmtStage
  | RegexpStage
  | PatternStage
  | UnpackStage
  | LineFormatStage
  | LabelFormatStage
  | DecolorizeStage
  | DropStage
  | KeepStage
  | DistinctStage
  | FieldMatchStage
  | LabelFilterStage

export type LabelFilter =
  | { readonly kind: 'string'; readonly matcher: Matcher; readonly at: Span }
  | {
      readonly kind: 'number'
      readonly name: string
      readonly op: CompareOp
      readonly value: number
      readonly at: Span
    }
  | {
      readonly kind: 'duration'
      readonly name: string
      readonly op: CompareOp
      readonly valueNs: bigint
      readonly at: Span
    }
  | {
      readonly kind: 'bytes'
      readonly name: string
      readonly op: CompareOp
      /** Bytes; exact up to 2^53. */
      readonly value: number
      /** As written, for the printer (`5KB` and `5000B` are the same number). */
      readonly text: string
      readonly at: Span
    }
  | {
      readonly kind: 'ip'
      readonly name: string
      readonly op: '=' | '!='
      readonly pattern: string
      readonly at: Span
    }
  | { readonly kind: 'and' | 'or'; readonly left: LabelFilter; readonly right: LabelFilter; readonly at: Span }

export type UnwrapConversion = 'bytes' | 'duration' | 'duration_seconds'

/** `| unwrap conversion(label) | filter …` at the end of a range. */
export interface Unwrap {
  readonly label: string
  readonly conversion?: UnwrapConversion
  /** Label filters after the unwrap, in order, all of which must hold. */
  readonly filters: readonly LabelFilter[]
  readonly at: Span
}

/** What stands in the parentheses of a range aggregation. */
export interface LogRange {
  readonly log: LogExpr
  readonly rangeNs: bigint
  /** Positive looks back; 0n when absent. */
  readonly offsetNs: bigint
  readonly unwrap?: Unwrap
  readonly at: Span
}

/** `by (a, b)` or `without (a, b)`; `by ()` is a grouping without labels, not an absent one. */
export interface Grouping {
  readonly without: boolean
  readonly labels: readonly string[]
}

export type RangeOp =
  | 'count_over_time'
  | 'rate'
  | 'rate_counter'
  | 'bytes_over_time'
  | 'bytes_rate'
  | 'avg_over_time'
  | 'sum_over_time'
  | 'min_over_time'
  | 'max_over_time'
  | 'stdvar_over_time'
  | 'stddev_over_time'
  | 'quantile_over_time'
  | 'first_over_time'
  | 'last_over_time'
  | 'absent_over_time'
  | 'present_over_time'

export interface RangeAggregation {
  readonly kind: 'rangeAggregation'
  readonly op: RangeOp
  /** Only of `quantile_over_time`. */
  readonly parameter?: number
  readonly range: LogRange
  readonly grouping?: Grouping
  readonly at: Span
}

export type VectorOp =
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'count'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'approx_topk'
  | 'count_values'
  | 'sort'
  | 'sort_desc'

export interface VectorAggregation {
  readonly kind: 'vectorAggregation'
  readonly op: VectorOp
  /** k of `topk`, `bottomk`, `approx_topk`. */
  readonly parameter?: number
  /** The label that takes the value, of `count_values`. */
  readonly label?: string
  readonly inner: MetricExpr
  readonly grouping?: Grouping
  readonly at: Span
}

export type BinaryOp = '+' | '-' | '*' | '/' | '%' | '^' | CompareOp | 'and' | 'or' | 'unless'

export interface VectorMatching {
  /** `on (…)` when true, `ignoring (…)` when false. */
  readonly on: boolean
  readonly labels: readonly string[]
  readonly card: 'one-to-one' | 'many-to-one' | 'one-to-many'
  /** Labels of `group_left(…)` / `group_right(…)`. */
  readonly include: readonly string[]
}

export interface BinaryExpr {
  readonly kind: 'binary'
  readonly op: BinaryOp
  /** Comparison answers 0 or 1 instead of filtering. */
  readonly bool: boolean
  readonly matching?: VectorMatching
  readonly left: MetricExpr
  readonly right: MetricExpr
  readonly at: Span
}

export interface LabelReplaceExpr {
  readonly kind: 'labelReplace'
  readonly inner: MetricExpr
  readonly target: string
  readonly replacement: string
  readonly source: string
  readonly pattern: string
  readonly at: Span
}

export interface VectorExpr {
  readonly kind: 'vector'
  readonly value: number
  readonly at: Span
}

export interface NumberExpr {
  readonly kind: 'number'
  readonly value: number
  readonly at: Span
}

export type MetricExpr = RangeAggregation | VectorAggregation | BinaryExpr | LabelReplaceExpr | VectorExpr | NumberExpr

export type Expr = LogExpr | MetricExpr
