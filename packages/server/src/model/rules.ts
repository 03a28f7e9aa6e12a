/** What the server tells of its rules. The language of a rule comes from where its file is configured. */
export type RuleLanguage = 'promql' | 'logql'

/** The rules in force. */
export interface RuleBook {
  groups(): readonly RuleGroupView[]
  /** Reads all files again. Rejects with `bad_request` that names every fault; then the rules go on as before. */
  reload(): Promise<void>
  /** Files that have groups in force. */
  files(): ReadonlySet<string>
  /** Takes up what this process has changed in the store; resolves when it is in force. Files stay as they are. */
  storedChanged(): Promise<void>
  /**
   * Files that are broken as they are now, with what is wrong; what was in force before still is. Groups of the store that
   * cannot be read any more: they are left out.
   */
  faults(): readonly string[]
}

export interface RuleGroupView {
  readonly name: string
  /** Path of the file, or the namespace of a group that is kept in the store. */
  readonly file: string
  readonly origin: 'file' | 'stored'
  readonly language: RuleLanguage
  readonly intervalMs: number
  /** Most series or alerts of one rule; 0: no limit. */
  readonly limit: number
  /** Queries look at this long before the time of evaluation. */
  readonly queryOffsetMs: number
  /** Added to each rule of the group. */
  readonly labels: ReadonlyMap<string, string>
  /** Undefined before the first evaluation. Milliseconds since the epoch. */
  readonly lastEvaluationMs: number | undefined
  readonly evaluationSeconds: number
  /** Evaluations that were left out because the one before was still under way. */
  readonly missed: number
  /** As they are when they are asked for. */
  readonly rules: readonly RuleView[]
}

export interface RuleView {
  /** 16 hex digits, the same as long as language, file, group and name stay the same. */
  readonly id: string
  readonly kind: 'recording' | 'alerting'
  readonly name: string
  /** As it was written. */
  readonly query: string
  /** As Prometheus and Loki tell it: on one line, without comments. */
  readonly printedQuery: string
  readonly labels: ReadonlyMap<string, string>
  /** Of alerting rules. */
  readonly annotations?: ReadonlyMap<string, string>
  readonly forMs?: number
  readonly keepFiringForMs?: number
  /** As it was written, and how far back it looks. */
  readonly condition?: string
  readonly overMs?: number
  readonly keepFiringWhile?: string
  readonly health: 'unknown' | 'ok' | 'err'
  readonly lastError: string | undefined
  readonly lastEvaluationMs: number | undefined
  readonly evaluationSeconds: number
  /** Series that the last evaluation wrote. */
  readonly series: number
  /** Of alerting rules: pending and firing ones. */
  readonly alerts?: readonly RuleAlert[]
}

/** An alert of a rule as it is now. Times in milliseconds since the epoch. */
export interface RuleAlert {
  readonly state: 'pending' | 'firing'
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
  readonly value: number
  readonly activeAtMs: number
  /** Since when it fires although its query does not give it any more. */
  readonly keptFiringSinceMs: number | undefined
}

/** A rule as in a file, keys as there. The last three of alerting rules are Girok's own. */
export interface RuleBody {
  readonly alert?: string
  readonly record?: string
  readonly expr: string
  readonly for?: string
  readonly keep_firing_for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  /** `last() > 90`, `WHEN avg() IS OUTSIDE 10 TO 90`: reduces the query's values over `over` and compares. */
  readonly condition?: string
  /** How far back `condition` looks: `5m`. */
  readonly over?: string
  /** A fired alert goes on firing while this expression gives a series with its labels (hysteresis). */
  readonly keep_firing_while?: string
}

export interface RuleGroupBody {
  readonly name: string
  readonly interval?: string
  readonly query_offset?: string
  readonly limit?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly rules: readonly RuleBody[]
}
