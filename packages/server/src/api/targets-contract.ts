import type { DroppedTarget, ScrapeTarget } from '../model/scraping.ts'

export type { DroppedTarget, ScrapeTarget } from '../model/scraping.ts'

/** GET /girok/v1/targets: what this server scrapes itself. Only the default tenant has targets. */
export interface TargetsResponse {
  /** False when the server was not told to scrape: `girok serve --prometheus-config FILE`. */
  readonly configured: boolean
  /** Why the configuration as it is now is not in force. */
  readonly fault?: string
  /** Names of the jobs, as configured. */
  readonly pools: readonly string[]
  readonly active: readonly ScrapeTarget[]
  /** Targets that relabelling dropped. */
  readonly dropped: readonly DroppedTarget[]
  /** The server's clock. */
  readonly nowMs: number
}
