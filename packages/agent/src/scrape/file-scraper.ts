import type { SampleSink } from '../model/sink.ts'
import { loadPrometheusConfig } from './load.ts'
import { createScraper, type Scraper } from './scraper.ts'
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
}

export interface FileScraperOptions {
  readonly file: string
  /** For `${NAME}` in external labels. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly samples: SampleSink
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly userAgent?: string
  /** How often the file is looked at, in milliseconds. */
  readonly lookMs?: number
}

export function createFileScraper(options: FileScraperOptions): FileScraper {
  const { file, env = {}, log, now = Date.now, lookMs = LOOK_MS } = options
  const scraper = createScraper({ ...options, jobs: [] })
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
      const config = await loadPrometheusConfig(file, env)
      const text = config.notes.join('; ')
      if (text !== '' && text !== notes) log('info', 'parts of the configuration are not used', { file, notes: text })
      notes = text
      await scraper.reload(config.jobs)
      fault = undefined
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error)
      throw error
    }
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
      await scraper.stop()
    },
    targets: scraper.targets,
    descriptions: scraper.descriptions,
  }
}
