/**
 * The syntax tree of PromQL. Nodes are plain data: they can be compared, sent to a worker and printed back. Times and
 * durations are milliseconds. Every node carries its place in the query text.
 */
import type { Matcher, Span } from '../logql/ast.ts'

export type { Matcher, MatchOp, Span } from '../logql/ast.ts'

/** What an expression gives: one number, series with one number per step, series with their samples, a text. */
export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string'

export interface NumberLiteral {
  readonly kind: 'number'
  readonly value: number
  /** True for a duration (`5m`), whose value is in seconds: it is printed as one. */
  readonly duration: boolean
  readonly at: Span
}

export interface StringLiteral {
  readonly kind: 'string'
  readonly value: string
  readonly at: Span
}

/** `@ 1609746000`, in milliseconds, or `@ start()`, `@ end()`. */
export type AtModifier = number | 'start' | 'end'

/**
 * A duration: a fixed one, or an expression with `step()` or `range()`, which gets its value when the query's step is known
 * (`resolveDurations`). `written`: the constant expression (`5m * 2`) that a fixed one comes from, for printing.
 */
export type Duration = { readonly ms: number; readonly written?: DurationExpr } | { readonly expr: DurationExpr }

export type DurationExpr =
  | { readonly kind: 'seconds'; readonly value: number; readonly duration: boolean; readonly at: Span }
  | { readonly kind: 'step' | 'range'; readonly at: Span }
  | { readonly kind: 'unary'; readonly op: '+' | '-'; readonly expr: DurationExpr; readonly at: Span }
  | {
      readonly kind: 'binary'
      readonly op: '+' | '-' | '*' | '/' | '%' | '^'
      readonly left: DurationExpr
      readonly right: DurationExpr
      readonly at: Span
    }
  | {
      readonly kind: 'minOf' | 'maxOf'
      readonly left: DurationExpr
      readonly right: DurationExpr
      readonly at: Span
    }
  | { readonly kind: 'paren'; readonly expr: DurationExpr; readonly at: Span }

/** `metric{label="value"} offset 5m @ end()` */
export interface VectorSelector {
  readonly kind: 'selector'
  /** The name before the braces or as a string inside of them; it is also among the matchers, as `__name__`. */
  readonly name: string | undefined
  readonly matchers: readonly Matcher[]
  readonly offset: Duration | undefined
  readonly atTime: AtModifier | undefined
  /** Experimental modifiers of range functions. */
  readonly extended: 'anchored' | 'smoothed' | undefined
  readonly at: Span
}

/** `selector[5m]`; offset and @ stand in the selector. */
export interface MatrixSelector {
  readonly kind: 'matrix'
  readonly selector: VectorSelector
  readonly range: Duration
  readonly at: Span
}

/** `expr[1h:5m] offset 5m @ end()` */
export interface Subquery {
  readonly kind: 'subquery'
  readonly expr: PromExpr
  readonly range: Duration
  /** Undefined: the server's default step. */
  readonly step: Duration | undefined
  readonly offset: Duration | undefined
  readonly atTime: AtModifier | undefined
  readonly at: Span
}

export interface FunctionCall {
  readonly kind: 'call'
  readonly name: string
  readonly args: readonly PromExpr[]
  readonly at: Span
}

export type AggregationOp =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'limitk'
  | 'limit_ratio'
  | 'count_values'
  | 'quantile'

export interface Aggregation {
  readonly kind: 'aggregate'
  readonly op: AggregationOp
  readonly expr: PromExpr
  readonly param: PromExpr | undefined
  /** Undefined: everything into one group, and nothing is printed. */
  readonly grouping: { readonly without: boolean; readonly labels: readonly string[] } | undefined
  readonly at: Span
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2'
export type ComparisonOp = '==' | '!=' | '>' | '<' | '>=' | '<='
export type SetOp = 'and' | 'or' | 'unless'
export type BinaryOp = ArithmeticOp | ComparisonOp | SetOp

export interface VectorMatching {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many'
  /** True: `on (labels)`; false: `ignoring (labels)`, with no labels when neither was written. */
  readonly on: boolean
  readonly labels: readonly string[]
  /** Labels of `group_left (…)` and `group_right (…)`. */
  readonly include: readonly string[]
  /** Experimental `fill`, `fill_left`, `fill_right`: the value that stands in for a missing side. */
  readonly fillLeft: number | undefined
  readonly fillRight: number | undefined
}

export interface BinaryExpr {
  readonly kind: 'binary'
  readonly op: BinaryOp
  readonly left: PromExpr
  readonly right: PromExpr
  readonly bool: boolean
  /** Set where both sides are vectors. */
  readonly matching: VectorMatching | undefined
  readonly at: Span
  /** Where the operator stands. */
  readonly opAt: Span
}

export interface UnaryExpr {
  readonly kind: 'unary'
  readonly op: '+' | '-'
  readonly expr: PromExpr
  readonly at: Span
}

export interface ParenExpr {
  readonly kind: 'paren'
  readonly expr: PromExpr
  readonly at: Span
}

export type PromExpr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | FunctionCall
  | Aggregation
  | BinaryExpr
  | UnaryExpr
  | ParenExpr
