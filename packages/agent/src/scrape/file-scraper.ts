import type { SampleSink } from '../model/sink.ts'
import { AlertmanagerFinder, type AlertmanagersStatus } from './alertmanagers.ts'
import { loadPrometheusConfig } from './load.ts'
import { createScraper, type Scraper } from './scraper.ts'
import type { AlertSettings, CheckRequests } from './settings/alerting.ts'
import { filesOf } from './target-files.ts'
import type { Log } from './target-loop.ts'

/** How often the file is looked at for changes. */
const LOOK_MS = 5_000
/** How often it is read all the same, because files that it names may have changed. */
const READ_MS = 60_000

/** A scraper that does what a `prometheus.yml` says, and follows it when it is changed. */
export interface FileScraper extends Pick<Scraper, 'targets' | 'descriptions' | 'stop'> {
  /**
   * Reads the file and begins. Rejects with a ConfigProblem when it is broken; until `stop` it is read again when it was
   * mended.
   */
  start(): Promise<void>
  /** Reads the file again; rejects with a ConfigProblem when it is broken, and goes on as before then. */
  reload(): Promise<void>
  /** Why the file could not be read the last time; undefined: it could. */
  fault(): string | undefined
  /** What the file that is in force says to rules and alerts; undefined without `checkRequests`, and until it was read. */
  alerts(): AlertSettings | undefined
  /** The Alertmanagers of that file, as they are found now. */
  alertmanagers(): AlertmanagersStatus
}

export interface FileScraperOptions {
  readonly file: string
  /** For `${NAME}` in external labels. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Given by a program that evaluates the rules of the file and sends its alerts. */
  readonly checkRequests?: CheckRequests | undefined
  readonly samples: SampleSink
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly userAgent?: string
  /** How often the file is looked at, in milliseconds. */
  readonly lookMs?: number
}

export function createFileScraper(options: FileScraperOptions): FileScraper {
  const { file, env = {}, checkRequests, log, now = Date.now, userAgent = 'Girok', lookMs = LOOK_MS } = options
  const scraper = createScraper({ ...options, jobs: [] })
  const finder = new AlertmanagerFinder({ log, now, userAgent })
  let alerts: AlertSettings | undefined
  let state = ''
  let readMs = 0
  let notes = ''
  let fault: string | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let looking: Promise<void> = Promise.resolve()

  async function reload(): Promise<void> {
    readMs = now()
    try {
      const config = await loadPrometheusConfig(file, { env, checkRequests })
      const text = config.notes.join('; ')
      if (text !== '' && text !== notes) log('info', 'parts of the configuration are not used', { file, notes: text })
      notes = text
      useAlerts(config.alerts)
      await Promise.all([scraper.reload(config.jobs), finder.use(config.alerts?.alertmanagers ?? [])])
      fault = undefined
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error)
      throw error
    }
  }

  function useAlerts(next: AlertSettings | undefined): void {
    const unused = next?.unused ?? []
    if (unused.length > 0 && unused.join() !== alerts?.unused.join()) {
      log('warning', 'settings of alerts in the prometheus.yml have no effect', { file, settings: unused })
    }
    alerts = next
  }

  async function look(): Promise<void> {
    const [found] = await filesOf(file).catch(() => [])
    const next = found?.state ?? ''
    if (next === state && now() - readMs < READ_MS) return
    const changed = next !== state
    state = next
    const before = fault
    await reload().then(
      () => changed && log('info', 'the configuration of scraping was read again', { file }),
      () =>
        fault !== before &&
        log('error', 'the configuration of scraping cannot be read; it stays as it was', { error: fault }),
    )
  }

  function watch(): void {
    timer = setTimeout(() => {
      looking = look().finally(() => {
        if (!stopped) watch()
      })
    }, lookMs)
  }

  return {
    async start() {
      scraper.start()
      const [found] = await filesOf(file).catch(() => [])
      state = found?.state ?? ''
      watch()
      await reload()
    },
    reload,
    fault: () => fault,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await looking
      await Promise.all([scraper.stop(), finder.stop()])
    },
    alerts: () => alerts,
    alertmanagers: () => finder.status,
    targets: scraper.targets,
    descriptions: scraper.descriptions,
  }
}
