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
