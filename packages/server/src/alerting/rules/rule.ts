import type { MetricExpr } from '@girok/query'
import type { PromExpr } from '@girok/query/promql'
import type { RuleLanguage } from '../../model/rules.ts'
import type { Reduction } from './reduction.ts'

/** An expression in the language that its file was configured for. The language is never guessed from the text. */
export type RuleQuery =
  | { readonly language: 'promql'; readonly text: string; readonly tree: PromExpr }
  | { readonly language: 'logql'; readonly text: string; readonly tree: MetricExpr }

/** Writes what its query gives as series of a name of its own. */
export interface RecordingRule {
  readonly kind: 'recording'
  readonly name: string
  readonly query: RuleQuery
  /** Added to each series; an empty value takes the label away. */
  readonly labels: ReadonlyMap<string, string>
}

/** Each series that its query gives (with a reduction: that its condition lets pass) is an alert. */
export interface AlertingRule {
  readonly kind: 'alerting'
  readonly name: string
  readonly query: RuleQuery
  /** How long a series must be there before its alert fires. */
  readonly forMs: number
  /** How long an alert goes on firing after its series has gone. */
  readonly keepFiringForMs: number
  readonly reduction?: Reduction
  /** Hysteresis: a firing alert whose series has gone fires on while this query gives a series with its labels. */
  readonly keepFiringWhile?: RuleQuery
  /** Templates. */
  readonly labels: ReadonlyMap<string, string>
  /** Templates. */
  readonly annotations: ReadonlyMap<string, string>
}

export type Rule = RecordingRule | AlertingRule

/** Rules that are evaluated one after the other, at the same time of evaluation. */
export interface RuleGroup {
  readonly name: string
  /** Path of the file, as it was configured; the namespace of a group that is kept in the store. */
  readonly file: string
  readonly origin: 'file' | 'stored'
  readonly language: RuleLanguage
  /** Undefined: the interval of the configuration. */
  readonly intervalMs: number | undefined
  /** Queries look at this long before the time of evaluation; undefined: that of the configuration. */
  readonly queryOffsetMs: number | undefined
  /** Most series or alerts of one rule; 0: no limit. */
  readonly limit: number
  /** Added to each rule of the group; a rule's own go before. */
  readonly labels: ReadonlyMap<string, string>
  readonly rules: readonly Rule[]
}
