import { formatDuration } from '@girok/query/settings'
import type { SampleSink } from '../model/sink.ts'
import type { Labels } from '../model/source.ts'
import { JobRunner, type TargetDescription } from './job-runner.ts'
import type { ScrapeJob } from './settings/job.ts'
import { type Log, NEVER_SCRAPED } from './target-loop.ts'

export interface TargetStatus {
  /** Name of its job. */
  readonly scrapePool: string
  readonly labels: Readonly<Record<string, string>>
  /** Before relabelling. */
  readonly discoveredLabels: Readonly<Record<string, string>>
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
  /** Samples that all scrapes stored together. */
  readonly totalSamples: number
}

export interface DroppedTargetStatus {
  readonly scrapePool: string
  readonly discoveredLabels: Readonly<Record<string, string>>
}

export interface TargetsStatus {
  /** Names of the jobs, as configured. */
  readonly pools: readonly string[]
  readonly active: readonly TargetStatus[]
  readonly dropped: readonly DroppedTargetStatus[]
}

export interface Scraper {
  /** Begins; returns at once. */
  start(): void
  /** Resolves when nothing more is written. */
  stop(): Promise<void>
  /** Goes on with other jobs: those that did not change are not disturbed, series of those that are gone end. */
  reload(jobs: readonly ScrapeJob[]): Promise<void>
  targets(): TargetsStatus
  /** What targets say of their metrics. */
  descriptions(): Iterable<TargetDescription>
}

export interface ScraperOptions {
  readonly jobs: readonly ScrapeJob[]
  readonly samples: SampleSink
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly userAgent?: string
}

/** Makes a scraper: nothing happens before `start`. */
export function createScraper(options: ScraperOptions): Scraper {
  const { samples, log, now = Date.now, userAgent = 'Girok' } = options
  const context = { samples, log, now, userAgent, descriptions: new Map() }
  const make = (job: ScrapeJob) => new JobRunner(job, context)
  let runners = new Map(options.jobs.map((job) => [job.name, make(job)]))
  let running = false
  // Reloads wait for one another.
  let changing: Promise<void> = Promise.resolve()

  async function change(jobs: readonly ScrapeJob[]): Promise<void> {
    const before = runners
    runners = new Map(jobs.map((job) => [job.name, before.get(job.name) ?? make(job)]))
    const gone = [...before].filter(([name]) => !runners.has(name)).map(([, runner]) => runner)
    await Promise.all([
      ...gone.map((runner) => runner.stop(true)),
      ...jobs.map(async (job) => {
        const runner = runners.get(job.name) as JobRunner
        if (before.has(job.name)) await runner.use(job)
        else if (running) runner.start()
      }),
    ])
  }

  return {
    start() {
      running = true
      for (const runner of runners.values()) runner.start()
    },
    async stop() {
      running = false
      await changing
      await Promise.all([...runners.values()].map((runner) => runner.stop(false)))
    },
    reload(jobs) {
      changing = changing.then(() => change(jobs))
      return changing
    },
    targets: () => ({
      pools: [...runners.keys()],
      active: [...runners.values()].flatMap(activeOf),
      dropped: [...runners.values()].flatMap(({ job, dropped }) =>
        dropped.map((labels) => ({ scrapePool: job.name, discoveredLabels: Object.fromEntries(labels) })),
      ),
    }),
    *descriptions() {
      for (const runner of runners.values()) {
        for (const loop of runner.loops) {
          for (const description of loop.descriptions()) yield { ...description, target: loop.target.labels }
        }
      }
    },
  }
}

function activeOf({ job, loops, faulty }: JobRunner): TargetStatus[] {
  const scraped = [...loops].map(({ target, state }) => ({
    scrapePool: job.name,
    labels: Object.fromEntries(target.labels),
    discoveredLabels: Object.fromEntries(target.discovered),
    scrapeUrl: target.url,
    scrapeInterval: formatDuration(target.intervalMs),
    scrapeTimeout: formatDuration(target.timeoutMs),
    ...state,
  }))
  const others = faulty.map(({ discovered, fault }) => faultyStatus(job, discovered, fault))
  return [...scraped, ...others]
}

function faultyStatus(job: ScrapeJob, discovered: Labels, fault: string): TargetStatus {
  return {
    scrapePool: job.name,
    labels: { job: job.name, instance: discovered.get('__address__') ?? '' },
    discoveredLabels: Object.fromEntries(discovered),
    scrapeUrl: '',
    ...NEVER_SCRAPED,
    health: 'down',
    lastError: fault,
    scrapeInterval: formatDuration(job.intervalMs),
    scrapeTimeout: formatDuration(job.timeoutMs),
  }
}
