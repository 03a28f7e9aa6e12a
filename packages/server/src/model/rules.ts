/** What the server tells of its rules. The language of a rule comes from where its file is configured. */
export type RuleLanguage = 'promql' | 'logql'

/** The rules in force. */
export interface RuleBook {
  groups(): readonly RuleGroupView[]
  /** Reads all files again. Rejects with `bad_request` that names every fault; then the rules go on as before. */
  reload(): Promise<void>
  /** Files that are broken as they are now, with what is wrong; what was in force before still is. */
  faults(): readonly string[]
}

export interface RuleGroupView {
  readonly name: string
  readonly file: string
  readonly language: RuleLanguage
  readonly intervalMs: number
  readonly limit: number
  /** Undefined before the first evaluation. Milliseconds since the epoch. */
  readonly lastEvaluationMs: number | undefined
  readonly evaluationSeconds: number
  /** Evaluations that were left out because the one before was still under way. */
  readonly missed: number
  readonly rules: readonly RuleView[]
}

export interface RuleView {
  readonly kind: 'recording' | 'alerting'
  readonly name: string
  readonly query: string
  readonly labels: ReadonlyMap<string, string>
  /** Of alerting rules. */
  readonly annotations?: ReadonlyMap<string, string>
  readonly forMs?: number
  readonly keepFiringForMs?: number
  readonly health: 'unknown' | 'ok' | 'err'
  readonly lastError: string | undefined
  readonly lastEvaluationMs: number | undefined
  readonly evaluationSeconds: number
  /** Series that the last evaluation wrote. */
  readonly series: number
}
