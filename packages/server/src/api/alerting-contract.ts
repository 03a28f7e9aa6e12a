import type { RuleBody, RuleGroupBody, RuleLanguage } from '../model/rules.ts'

export type { RuleBody, RuleGroupBody } from '../model/rules.ts'

/*
 * Girok's own routes for alerting. Times are ISO 8601 in UTC unless a name ends in Ms. Silences, alerts, groups and
 * contact points by name are also at Alertmanager's /api/v2. Alerting is of the default tenant: others get 403.
 */

/** GET /girok/v1/alerting: what the page of alerts begins with. */
export interface AlertingResponse {
  readonly groups: readonly AlertingGroup[]
  /** Files of rules that are broken as they are now. */
  readonly ruleFaults: readonly string[]
  /** Where the configuration of routes comes from. */
  readonly config: { readonly origin: 'file' | 'stored' | 'default'; readonly file?: string; readonly fault?: string }
  /** External Alertmanagers that alerts are also sent to. */
  readonly alertmanagers: readonly { readonly url: string; readonly error?: string }[]
}

export interface AlertingGroup {
  readonly name: string
  /** Path of the file or namespace in the store. */
  readonly namespace: string
  readonly origin: 'file' | 'stored'
  readonly language: RuleLanguage
  readonly intervalMs: number
  readonly lastEvaluation?: string
  readonly evaluationMs: number
  readonly missed: number
  /** Most alerts or series of one of its rules. Absent: any number. */
  readonly limit?: number
  /** How long before the time of evaluation its queries look. Absent: not at all. */
  readonly queryOffsetMs?: number
  /** Given to each of its rules. */
  readonly labels?: Readonly<Record<string, string>>
  readonly rules: readonly AlertingRuleState[]
}

export interface AlertingRuleState {
  readonly id: string
  readonly kind: 'alerting' | 'recording'
  readonly name: string
  readonly query: string
  /** `inactive` as long as nothing is pending or firing; `unknown` before the first evaluation; alerting rules only. */
  readonly state?: 'inactive' | 'pending' | 'firing' | 'unknown'
  readonly health: 'unknown' | 'ok' | 'err'
  readonly lastError?: string
  readonly lastEvaluation?: string
  readonly forMs?: number
  readonly keepFiringForMs?: number
  /** See {@link RuleBody}. */
  readonly condition?: string
  readonly overMs?: number
  readonly keepFiringWhile?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly alerts?: readonly AlertOfRule[]
}

export interface AlertOfRule {
  readonly fingerprint: string
  readonly state: 'pending' | 'firing'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** As text: `NaN` and `+Inf` are values too. */
  readonly value: string
  readonly activeAt: string
}

/** Of answers that list what happened, newest first. */
interface JournalAnswer {
  /** The value of `before` that asks for what came earlier, other parameters as they were. Absent: this is the end. */
  readonly older?: string
}

/** GET /girok/v1/alerting/rules/ID/evaluations?start=&end=&limit=&before=: newest first. */
export interface EvaluationsResponse extends JournalAnswer {
  readonly evaluations: readonly {
    readonly at: string
    readonly ms: number
    readonly error?: string
    readonly pending: number
    readonly firing: number
    readonly alerts: readonly {
      readonly labels: Readonly<Record<string, string>>
      readonly state: 'pending' | 'firing' | 'inactive'
      readonly value: string
    }[]
  }[]
}

/**
 * GET /girok/v1/alerting/history?start=&end=&limit=&before=&fingerprint=&filter=: changes of alerts, newest first; `filter`
 * is a matcher on their labels and may come several times.
 */
export interface AlertHistoryResponse extends JournalAnswer {
  readonly changes: readonly {
    readonly at: string
    readonly fingerprint: string
    readonly change: string
    readonly labels: Readonly<Record<string, string>>
    readonly by?: string
    readonly comment?: string
  }[]
}

/**
 * GET /girok/v1/alerting/notifications?start=&end=&limit=&before=&receiver=&outcome=&alertname=&search=: newest first;
 * `search` are words that must all be somewhere in what is told of an attempt.
 */
export interface NotificationsResponse extends JournalAnswer {
  readonly notifications: readonly {
    readonly at: string
    readonly receiver: string
    readonly integration: string
    readonly groupKey: string
    readonly groupLabels: Readonly<Record<string, string>>
    readonly status: 'firing' | 'resolved'
    readonly reason: string
    readonly outcome: 'sent' | 'failed' | 'retrying'
    readonly attempt: number
    readonly error?: string
    readonly ms: number
    readonly alerts: number
    /** Names of its alerts, each once, the first twenty. Absent in entries of earlier versions. */
    readonly alertNames?: readonly string[]
  }[]
}

/** PUT /girok/v1/alerting/alerts/FINGERPRINT/acknowledgement {by, comment} → 204; DELETE → 204. */
export interface AcknowledgementBody {
  readonly by: string
  readonly comment: string
}

/**
 * GET /girok/v1/alerting/rule-groups: those kept in the store. PUT /girok/v1/alerting/rule-groups/LANGUAGE/NAMESPACE/GROUP
 * {group, version} (version 0: there must be none) → StoredRuleGroup, 400 with every fault, 409 when it is at another
 * version; DELETE …?version= → 204. Files cannot be changed: 403.
 */
export interface StoredRuleGroupsResponse {
  readonly groups: readonly StoredRuleGroup[]
}

export interface StoredRuleGroup {
  readonly language: RuleLanguage
  readonly namespace: string
  readonly group: RuleGroupBody
  /** From 1. */
  readonly version: number
  readonly updatedAt: string
}

/** POST /girok/v1/alerting/backtest: what a rule would have done. 400 with a place for what is wrong with the rule. */
export interface BackTestBody {
  readonly language: RuleLanguage
  readonly rule: RuleBody
  /** Labels of its group. */
  readonly groupLabels?: Readonly<Record<string, string>>
  /** Of its group: most alerts or series of the rule. Default 0: any number. */
  readonly limit?: number
  /** Of its group: how long before the time of evaluation queries look. Default: as the server is configured. */
  readonly queryOffsetMs?: number
  readonly startMs: number
  readonly endMs: number
  /** Default 60,000. At most 11,000 evaluations. */
  readonly intervalMs?: number
}

export interface BackTestResponse {
  /** Times of evaluation. */
  readonly startMs: number
  readonly endMs: number
  readonly intervalMs: number
  readonly evaluations: number
  /** One for each alert, the longest firing first; at most 500. */
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
    /** In order; `endMs` exclusive, that of the test where it still goes on. */
    readonly spans: readonly {
      readonly state: 'pending' | 'firing'
      readonly startMs: number
      readonly endMs: number
    }[]
  }[]
  /** Also those that are not listed. */
  readonly alertsFound: number
  /** Times that an alert began to fire, or fired at the start already, and how long all fired together. */
  readonly fired: number
  readonly firingMs: number
  /** Of a rule with `record`, which has no alerts: what it would have written. */
  readonly recorded?: {
    readonly seriesFound: number
    /** Of all series together. */
    readonly samples: number
    /** Those with the most samples first; at most 500. Null: no number, or none that is finite. */
    readonly series: readonly {
      readonly labels: Readonly<Record<string, string>>
      readonly samples: number
      readonly min: number | null
      readonly mean: number | null
      readonly max: number | null
      readonly last: number | null
    }[]
  }
  /** Evaluations that failed, the first 20 one by one; nothing changes in one. */
  readonly failures: {
    readonly count: number
    readonly first: readonly { readonly atMs: number; readonly error: string }[]
  }
  /**
   * What the query gives without its threshold, or what its condition reduces, or what is recorded, to draw: at most 20
   * series at times of evaluation. Absent where there is neither a condition nor a comparison with a number.
   */
  readonly values?: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly points: readonly (readonly [number, number | null])[]
  }[]
  readonly threshold?: { readonly op: '>' | '>=' | '<' | '<=' | '==' | '!='; readonly value: number }
}

/** GET /girok/v1/alerting/notifiers: what contact points are made of; forms are drawn from it. */
export interface NotifiersResponse {
  readonly notifiers: readonly {
    readonly name: string
    readonly configKey: string
    readonly summary: string
    readonly options: readonly NotifierOption[]
  }[]
}

export interface NotifierOption {
  /** As in alertmanager.yml; `http_config.basic_auth.username` of keys within keys. */
  readonly name: string
  readonly kind: 'text' | 'count' | 'flag' | 'choice' | 'list' | 'bytes' | 'duration' | 'other'
  readonly description: string
  /** Of choices. */
  readonly choices?: readonly string[]
  readonly secret: boolean
  readonly required: boolean
  readonly default?: unknown
  /** Long texts with templates. */
  readonly template: boolean
}

/**
 * GET /girok/v1/alerting/contact-points. POST {name, integrations} → 201, PUT …/NAME {integrations, version}, DELETE
 * …/NAME?version= (409 while a route uses it); 403 for those of the file. A secret is never told: `<secret>` stands for
 * one that is set, and in a PUT for keeping it. POST …/test {name?, integrations?, labels?} → TestResponse.
 */
export interface ContactPointsResponse {
  readonly contactPoints: readonly {
    readonly name: string
    readonly origin: 'file' | 'stored'
    /** 0 for those of the file. */
    readonly version: number
    readonly integrations: readonly ContactPointIntegration[]
    readonly usedByRoutes: boolean
    /** Of the last notification by it; absent: there was none. */
    readonly last?: { readonly at: string; readonly outcome: string; readonly error?: string }
  }[]
}

export interface ContactPointIntegration {
  readonly type: string
  /** Keys as in alertmanager.yml. Those of files show what was written there. */
  readonly settings: Readonly<Record<string, unknown>>
}

export interface TestResponse {
  readonly outcomes: readonly {
    readonly integration: string
    readonly sent: boolean
    readonly reason?: string
    readonly ms: number
  }[]
}

/**
 * GET /girok/v1/alerting/config: the configuration of Alertmanager in force, secrets as `<secret>`. PUT {yaml, version} puts
 * another in the store (403 where a file is configured, 400 with every fault and its place, 409); `<secret>` keeps the one
 * that stood there.
 */
export interface AlertingConfigResponse {
  readonly origin: 'file' | 'stored' | 'default'
  readonly file?: string
  /** 0: none is kept in the store. */
  readonly version: number
  readonly yaml: string
}

/** POST /girok/v1/alerting/routes/test {labels, at?}: where an alert would go. */
export interface RouteTestResponse {
  readonly routes: readonly {
    /** From the root, as matchers. */
    readonly path: readonly string[]
    readonly receiver: string
    readonly groupBy: readonly string[]
    readonly groupLabels: Readonly<Record<string, string>>
    readonly groupKey: string
    readonly groupWaitMs: number
    readonly groupIntervalMs: number
    readonly repeatIntervalMs: number
    readonly mutedBy: readonly string[]
    /** When the first notification would come, were it to fire at `at`. Absent: not while a time interval mutes it. */
    readonly firstNotification?: string
  }[]
  readonly silencedBy: readonly string[]
  readonly inhibitedBy: readonly string[]
}

/** GET /girok/v1/alerting/routes: the tree. */
export interface RoutesResponse {
  readonly root: RouteShown
}

export interface RouteShown {
  readonly id: string
  readonly receiver: string
  readonly matchers: readonly string[]
  readonly continue: boolean
  readonly groupBy: readonly string[]
  readonly groupWaitMs: number
  readonly groupIntervalMs: number
  readonly repeatIntervalMs: number
  readonly muteTimeIntervals: readonly string[]
  readonly activeTimeIntervals: readonly string[]
  readonly routes: readonly RouteShown[]
}

/** GET /girok/v1/alerting/monitors; POST …/NAME {active} → 204. */
export interface MonitorsResponse {
  readonly monitors: readonly {
    readonly name: string
    readonly active: boolean
    readonly selector?: string
    readonly records: number
    readonly alerts: number
    readonly errors: number
    /** `Monitor error: NAME - TEXT` of the last fault. */
    readonly lastError?: string
    readonly lastAlert?: {
      readonly at: string
      readonly type: string
      readonly severity: string
      readonly message: string
    }
  }[]
  /** Records that monitors did not see because they came faster than these could look. */
  readonly dropped: number
}
