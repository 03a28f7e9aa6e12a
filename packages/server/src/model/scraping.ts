/** What the server knows of a scraper in its process. It is given one, and never makes one: scraping belongs to the agent. */

/** Something that fetches samples of metrics by itself and hands them over. */
export interface SampleSource {
  /** Begins. Rejects with an Error that is written for users when it cannot (a configuration that is broken). */
  start(services: SampleSourceServices): Promise<void>
  /** Resolves when nothing more is handed over. */
  stop(): Promise<void>
  /** Reads its configuration again. Rejects like `start`; then everything goes on as before. */
  reload(): Promise<void>
  /** Why the configuration as it is now is not in force. */
  fault(): string | undefined
  targets(): TargetsView
  /** What targets say of their metrics. */
  descriptions(): Iterable<TargetMetric>
  /** What the configuration that is in force says to rules and alerts; undefined until it was read. */
  alerts(): ScrapedAlertSettings | undefined
  /** Alertmanagers of that configuration, as they are found now: the same object as long as nothing changes. */
  alertmanagers(): FoundAlertmanagers
}

export interface SampleSourceServices {
  /**
   * Takes a `WriteRequest` of Prometheus' remote write 1.0, not compressed. Resolves when what became
   * of its samples is counted: they are stored, or were given up after a while. Never rejects, need not be waited for.
   */
  readonly push: (writeRequest: Uint8Array) => Promise<void>
  readonly log: (
    level: 'info' | 'warning' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ) => void
  /** Says what is wrong with settings of requests to Alertmanagers; a configuration with faults is not taken. */
  readonly checkRequests: (settings: RequestSettings) => readonly RequestFault[]
}

/** What a `prometheus.yml` says to whoever evaluates its rules and sends its alerts. Times in milliseconds. */
export interface ScrapedAlertSettings {
  /** Patterns as absolute paths. */
  readonly ruleFiles: readonly string[]
  readonly evaluationIntervalMs: number | undefined
  readonly queryOffsetMs: number | undefined
  readonly externalLabels: ReadonlyMap<string, string>
  /** What alerts go through before anybody gets them. */
  readonly relabel: Relabelling
}

/** Labels as rules leave them, without empty ones; undefined: what they belong to is dropped. */
export type Relabelling = (labels: ReadonlyMap<string, string>) => ReadonlyMap<string, string> | undefined

export interface FoundAlertmanagers {
  readonly active: readonly FoundAlertmanager[]
  /** Addresses of those that relabelling dropped. */
  readonly dropped: readonly string[]
}

export interface FoundAlertmanager {
  /** Unlike that of any other, the same as long as it is configured alike. */
  readonly key: string
  /** Where it takes alerts: `http://alertmanager:9093/api/v2/alerts`. */
  readonly url: string
  readonly timeoutMs: number
  readonly http: RequestSettings
  /** What alerts for it alone go through. */
  readonly relabel: Relabelling
}

/** How requests are made, in the words of `http_config`, as it was written. */
export interface RequestSettings {
  readonly fields: Readonly<Record<string, unknown>>
  /** What relative paths in it start from. */
  readonly folder: string
}

/** A mistake in `RequestSettings`, with the keys that lead to it from there. */
export interface RequestFault {
  readonly keys: readonly (string | number)[]
  readonly message: string
}

export interface TargetsView {
  /** Names of the jobs, as configured. */
  readonly pools: readonly string[]
  readonly active: readonly ScrapeTarget[]
  readonly dropped: readonly DroppedTarget[]
}

export interface ScrapeTarget {
  /** Name of its job. */
  readonly scrapePool: string
  readonly labels: Readonly<Record<string, string>>
  /** Before relabelling. */
  readonly discoveredLabels: Readonly<Record<string, string>>
  /** Empty when relabelling left no address. */
  readonly scrapeUrl: string
  /** `unknown` until it is scraped for the first time. */
  readonly health: 'up' | 'down' | 'unknown'
  /** Empty when there is none. */
  readonly lastError: string
  /** Milliseconds since the epoch. */
  readonly lastScrapeMs: number | undefined
  readonly lastScrapeDurationMs: number
  /** `15s` */
  readonly scrapeInterval: string
  readonly scrapeTimeout: string
  /** Samples that the last scrape stored. */
  readonly samples: number
}

/** A target that relabelling dropped. */
export interface DroppedTarget {
  readonly scrapePool: string
  readonly discoveredLabels: Readonly<Record<string, string>>
}

export interface TargetMetric {
  /** Labels of the target. */
  readonly target: ReadonlyMap<string, string>
  readonly metric: string
  /** `counter`, `gauge` … */
  readonly type: string
  readonly help: string
  readonly unit: string
}
